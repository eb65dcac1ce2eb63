"""The pytest plugin: a local stage for your tests, on genuine engines, apart from that of `dev`.

It is there where the package is installed, and starts nothing before a test asks for it. One stage serves a whole
run, whatever the number of xdist workers; each worker has its own database, Redis database and index prefix.

Fixtures: `stage`, `database`, `scratch`, `redis_database`, `index_prefix`, `functions`, `function_packages`, `api`,
`invoke`.
"""

import dataclasses
import shutil
import tempfile
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core import Postgres, Resources
from core.manifest import Function, PostgresAccess

if TYPE_CHECKING:
    from local.engines import EngineName
    from local.runtime import Outcome
    from local.stage import Stage

    from .host import Host

_FOLDER = pytest.StashKey[Path]()
_INPUT = "mocstack_stage"


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the run's stages; nothing is made before it is used."""
    given = getattr(config, "workerinput", {}).get(_INPUT)
    config.stash[_FOLDER] = Path(given or f"{tempfile.gettempdir()}/mocstack-tests-{uuid.uuid4().hex[:12]}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401  # xdist's own type; xdist may be absent
    """Tell an xdist worker the folder of the run's stages."""
    node.workerinput[_INPUT] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the run's stages away when it is over."""
    folder = config.stash[_FOLDER]
    if folder.exists() and not hasattr(config, "workerinput"):
        from local.stage import Stage  # noqa: PLC0415  # a run without engines does not load it

        for own in folder.iterdir():
            Stage(own / "stage", user="tests", data=own / "data").reset()
        shutil.rmtree(folder)


def stage_for(config: pytest.Config, name: str, *engines: "EngineName") -> "Stage":
    """Return a stage that lasts as long as the run; every worker that asks for `name` gets the same one.

    Args:
        config: pytest's configuration.
        name: tells stages of one run apart.
        engines: what it consists of; every engine if none is named.
    """
    from local.stage import ENGINES, Stage  # noqa: PLC0415  # likewise

    folder = config.stash[_FOLDER]
    own = folder / name
    for made in (folder, own):
        made.mkdir(mode=0o711, exist_ok=True)
        made.chmod(0o711)  # the engines of root run as nobody, and must reach their data
    return Stage(own / "stage", user=f"tests ({name})", data=own / "data", engines=engines or ENGINES)


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config) -> "Generator[Stage]":
    """Return the run's local stage, all of its engines running."""
    with stage_for(pytestconfig, "shared") as started:
        for error in started.failures.values():
            raise error
        yield started


@pytest.fixture(scope="session")
def worker(pytestconfig: pytest.Config) -> str:
    """Return the name of this xdist worker; `main` without xdist."""
    return getattr(pytestconfig, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def database(stage: "Stage", worker: str) -> Postgres:
    """Return the link to a database of this worker's own, at the newest revision, as the application."""
    from local.databases import clone_database  # noqa: PLC0415  # likewise
    from local.locks import exclusive  # noqa: PLC0415  # likewise
    from local.schema import bring_to_head  # noqa: PLC0415  # likewise

    own = dataclasses.replace(stage.postgres(Resources.MyPostgres), database=f"test_{worker}")
    with exclusive(stage.directory / "template.lock"):  # nobody may be connected to what is copied
        bring_to_head(stage, say=lambda _: None)
        clone_database(stage.postgres(Resources.MyPostgres, "admin"), own.database)
    return own


@pytest.fixture
def scratch(stage: "Stage") -> "Generator[Callable[[], Postgres]]":
    """Return what makes an empty database for this test alone, and the link to it as the role that owns it."""
    from local.databases import scratch_databases  # noqa: PLC0415  # likewise

    with ExitStack() as made:
        yield lambda: made.enter_context(scratch_databases(stage))[0]


@pytest.fixture(scope="session")
def redis_database(worker: str) -> int:
    """Return the number of a Redis database of this worker's own, from 1 to 15."""
    return int(worker.removeprefix("gw")) % 15 + 1 if worker != "main" else 1


@pytest.fixture(scope="session")
def index_prefix(worker: str) -> str:
    """Return what the names of this worker's OpenSearch indexes start with."""
    return f"test-{worker}-"


@pytest.fixture(scope="session")
def functions() -> Sequence[Function]:
    """Return the functions that `api` and `invoke` serve: override it to serve your own."""
    from functions.manifest import FUNCTIONS  # noqa: PLC0415  # likewise

    return FUNCTIONS


@pytest.fixture(scope="session")
def function_packages() -> Sequence[Path] | None:
    """Return the folders of the packages that the functions import; None for the workspace's own."""
    return None


@pytest.fixture(scope="session")
def api(
    stage: "Stage",
    database: Postgres,
    functions: Sequence[Function],
    function_packages: Sequence[Path] | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Generator[Host]":
    """Return the functions under the Lambda runtime client, and the HTTP API before them.

    `api.get("/health")` makes a request, `api.invoke("health", {})` an invocation, `api.log` is the functions' log.
    """
    from local.serving import principals  # noqa: PLC0415  # likewise

    from .host import Host  # noqa: PLC0415  # likewise

    def links(function: Function) -> dict[str, str]:
        given = stage.links(function)
        for access in function.links:
            if isinstance(access, PostgresAccess):
                link = access.link.kind.decode(access.link.name, given[access.link.variable])
                given |= access.link.encode(dataclasses.replace(link, database=database.database))
        return given

    folder = tmp_path_factory.mktemp("functions") / "code"
    with Host(functions, links=links, credentials=principals(stage), folder=folder, packages=function_packages) as host:
        yield host


@pytest.fixture
def invoke(api: "Host") -> "Callable[[str, object], Outcome]":
    """Return a function that invokes a Lambda function by name with an event, and returns how that ended."""
    return api.invoke
