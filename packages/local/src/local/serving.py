"""The functions of a stage, ready to be invoked: their code compiled, the runtime up. For dev, invoke and tests."""

import importlib.util
import shutil
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from core import environment
from core.manifest import Function

from .code import CodeError, Generations, Reloader
from .runtime import Code, Credentials, OnLog, Runtime

if TYPE_CHECKING:
    from .stage import Stage

PACKAGES = ("core", "db", "functions")
"""The packages that functions import: what a reload watches."""


class CodeFolderError(CodeError):
    """The system refuses what compiling the functions' code takes."""

    def __init__(self, error: OSError) -> None:
        what = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        super().__init__(f"the functions' code can't be compiled ({what}): make room or put that right, then run again")


@dataclass(frozen=True, slots=True)
class Served:
    """Functions that can be invoked.

    Attributes:
        runtime: runs them.
        reloader: brings changed sources into the runtime.
    """

    runtime: Runtime
    reloader: Reloader


@asynccontextmanager
async def serve_functions(  # noqa: PLR0913  # what the functions of a stage depend on, by keyword
    functions: Iterable[Function],
    *,
    links: Callable[[Function], Mapping[str, str]],
    credentials: Callable[[Function], Credentials],
    folder: Path,
    packages: Iterable[Path] | None = None,
    on_log: OnLog | None = None,
    limit: int = 10,
) -> AsyncGenerator[Served]:
    """Serve functions while the block runs.

    Args:
        functions: the manifest.
        links: the links of a function, as its environment.
        credentials: the credentials of a function's own principal.
        folder: where the compiled code goes; it is removed at the end.
        packages: the folders of the packages that the functions import; the workspace's own if None.
        on_log: takes each line of the functions' logs.
        limit: the environments of one function.

    Raises:
        SourceError: the code can't be compiled.
        CodeFolderError: a source can't be read, or there is no room for the compiled code.
        RuntimeServiceError: the runtime can't start.
    """
    own = {environment.STAGE: "local", environment.VERSION: version("mocstack-functions")}
    generations = Generations(folder, workspace_packages() if packages is None else packages)
    try:
        first = await generations.build()
    except OSError as error:
        raise CodeFolderError(error) from error
    runtime = Runtime(
        functions,
        environ_for=lambda function: {**own, **links(function)},
        code=Code(task_root=first),
        credentials_for=credentials,
        on_log=on_log,
        limit=limit,
    )
    try:
        async with runtime:
            yield Served(runtime, Reloader(generations, runtime))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def principals(stage: "Stage") -> Callable[[Function], Credentials]:
    """Return what gives a function the credentials of its own principal on a stage."""

    def credentials(function: Function) -> Credentials:
        own = stage.principal(function.name)
        return Credentials(own.access_key_id, own.secret_access_key, own.session_token)

    return credentials


def workspace_packages() -> tuple[Path, ...]:
    """Return the folders of the workspace's packages that functions import."""
    return tuple(Path(folder) for name in PACKAGES for folder in _folders(name))


def _folders(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    return list(spec.submodule_search_locations or []) if spec else []
