"""Reload: a change of the sources becomes a new generation, which takes over once it has shown that it starts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from local.runtime import Code, NotStartedError, Runtime

from .errors import SourceError
from .generations import Generations

_DEBOUNCE_MS = 300
"""Milliseconds to wait for more changes: an editor or a checkout writes several files."""
_STEP_MS = 50
"""Milliseconds without a change after which no more are waited for."""
_LOOK_MS = 2000
"""Milliseconds without a change after which the sources are looked at all the same."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """New code runs.

    Attributes:
        code: the new code.
    """

    code: Code


@dataclass(frozen=True, slots=True)
class Failed:
    """New code does not start; the last good code goes on.

    Attributes:
        error: what is wrong with it, the file and line included.
    """

    error: SourceError | NotStartedError


class OnReload(Protocol):
    """Takes the result of each reload."""

    def __call__(self, result: Reloaded | Failed, /) -> None:
        """Take one result."""
        ...


class Reloader:
    """Reloads the functions of one service. It touches no engine."""

    def __init__(self, generations: Generations, runtime: Runtime) -> None:
        self._generations = generations
        self._runtime = runtime
        self._removals: set[asyncio.Task[None]] = set()
        self._shown = ""

    async def run(self, on_reload: OnReload) -> None:
        """Reload at each change of the sources, until canceled.

        Args:
            on_reload: takes each result; the same error twice in a row is shown once.

        Raises:
            OSError: the sources can't be watched.
        """
        async for _ in _changes(self._generations.packages):
            if not await self._generations.changed():
                continue
            result = await self.reload()
            message = str(result.error) if isinstance(result, Failed) else ""
            if not message or message != self._shown:
                on_reload(result)
            self._shown = message

    async def reload(self) -> Reloaded | Failed:
        """Build a generation of the sources as they are now, and run it if it starts."""
        former = self._runtime.code
        try:
            generation = await self._generations.build()
        except SourceError as error:
            return Failed(error)
        code = replace(former, task_root=generation)
        try:
            await self._runtime.reload(code)
        except NotStartedError as error:
            await self._generations.remove(generation)
            return Failed(error)
        removal = asyncio.create_task(self._remove(former))
        self._removals.add(removal)
        removal.add_done_callback(self._removals.discard)
        return Reloaded(code)

    async def _remove(self, code: Code) -> None:
        """Remove a generation once its last environment has ended."""
        await self._runtime.released(code)
        await self._generations.remove(code.task_root)


async def _changes(packages: tuple[Path, ...]) -> AsyncIterator[None]:
    """Yield when something may have changed: at each change, and now and then.

    The latter finds what changed before the watcher was up, and what a file system does not tell it.
    """
    # 30 ms that no start should wait for; the signature of awatch names trio, which isn't installed.
    from watchfiles import DefaultFilter, awatch  # noqa: PLC0415  # pyright: ignore[reportUnknownVariableType]

    watching = awatch(
        *packages,
        watch_filter=DefaultFilter(),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
    )
    async for _ in watching:
        yield
