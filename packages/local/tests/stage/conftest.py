"""Stages of a test's own."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from core import PasswordFile, Resources
from core.manifest import Function, PostgresAccess
from local.artifacts import Cache
from local.engines import EngineName
from local.paths import cache_folder
from local.stage import ENGINES, Prepare, Stage


class Grounds:
    """A folder for a stage, closed to others as a checkout may be, and one for data, which they can reach."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self.data = folder / "data"
        self.data.mkdir(mode=0o711)
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        self.directory = closed / "a checkout" / ".local"
        self.cache = cache
        self._processes: list[subprocess.Popen[str]] = []

    def stage(
        self,
        *engines: EngineName,
        user: str = "test",
        cache: Cache | None = None,
        prepare: Mapping[EngineName, Prepare] | None = None,
    ) -> Stage:
        """Describe the stage here, with some engines or all."""
        return Stage(
            self.directory,
            user=user,
            engines=engines or ENGINES,
            data=self.data,
            cache=cache or self.cache,
            prepare=prepare,
        )

    def process(self, program: str, *engines: EngineName) -> "subprocess.Popen[str]":
        """Run a program that has `stage`, in a process of its own with pipes to it."""
        head = (
            "import sys\n"
            "from pathlib import Path\n"
            "from local.stage import Stage\n"
            "stage = Stage(Path(sys.argv[1]), user='other', data=Path(sys.argv[2]), engines=sys.argv[3].split(','))\n"
        )
        command = (sys.executable, "-c", head + program, str(self.directory), str(self.data), ",".join(engines))
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        return process

    def close(self) -> None:
        """Kill the processes, and end what they left."""
        for process in self._processes:
            process.kill()
            process.communicate()
        self.stage().clear()


OWNER = Function(
    name="owner",
    handler="nowhere.handler",
    description="Owns the database.",
    links=(PostgresAccess(Resources.MyPostgres, role="owner"),),
)


def sql(stage: Stage, statement: str) -> object:
    """Run a statement as the owner of the database; return the first value of its answer, None without rows."""
    link = Resources.MyPostgres.kind.decode("MyPostgres", stage.links(OWNER)[Resources.MyPostgres.variable])
    assert isinstance(link.auth, PasswordFile)
    connection = psycopg.connect(
        host=link.host,
        port=link.port,
        user=link.user,
        dbname=link.database,
        password=Path(link.auth.path).read_text(),
        connect_timeout=5,
        autocommit=True,
    )
    with closing(connection):
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def told(process: "subprocess.Popen[str]") -> str:
    """Return the next line that a process writes."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> int:
    """Let a process go on past what it reads, to its end; return its exit code."""
    process.communicate("\n", timeout=60)
    return process.returncode


@contextmanager
def open_grounds(cache: Cache) -> Generator[Grounds]:
    """Make a place for a stage; what runs there is ended and removed at the end."""
    folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="stage-"))
    folder.chmod(0o755)
    made = Grounds(folder, cache)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cache() -> Cache:
    """Return the user's cache, with every program in it."""
    # In a process of its own, because tests may use no network.
    subprocess.run((sys.executable, "-m", "local.artifacts"), check=True, stdout=subprocess.DEVNULL)
    return Cache(cache_folder())


@pytest.fixture
def grounds(cache: Cache) -> Generator[Grounds]:
    """Return the grounds of a stage of the test's own."""
    with open_grounds(cache) as made:
        yield made


@pytest.fixture
def other_grounds(cache: Cache) -> Generator[Grounds]:
    """Return the grounds of a second stage."""
    with open_grounds(cache) as made:
        yield made


@pytest.fixture
def cache_without_opensearch(grounds: Grounds) -> Cache:
    """Return a cache that lacks OpenSearch, and no network to fetch it over."""
    folder = grounds.data.parent / "cache"
    folder.mkdir(mode=0o755)
    for program in grounds.cache.folder.glob("[!.]*"):
        if program.is_dir() and not program.name.startswith("opensearch"):
            (folder / program.name).symlink_to(program)
    return replace(grounds.cache, folder=folder, repositories={"nowhere": "http://127.0.0.1:9"})


@pytest.fixture(scope="module")
def whole(cache: Cache) -> Generator[Stage]:
    """Return a stage with every engine, which the tests of a module share and leave as it is."""
    with open_grounds(cache) as made, made.stage() as stage:
        yield stage
