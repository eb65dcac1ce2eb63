"""Reload: a change of the sources becomes a new generation, which takes over once it has shown that it starts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from local.errors import LocalError
from local.runtime import Code, Runtime

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

    error: LocalError | OSError


@dataclass(frozen=True, slots=True)
class Polling:
    """The system does not tell of changes: the sources are looked at now and then instead.

    Attributes:
        error: why it does not, such as its limit of watches.
    """

    error: Exception


class OnReload(Protocol):
    """Takes the result of each reload, and once that the sources can't be watched."""

    def __call__(self, result: Reloaded | Failed | Polling, /) -> None:
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
        """
        async for polling in _changes(self._generations.packages):
            if polling is not None:
                on_reload(polling)
            result = await self._reload_changed()
            if result is None:
                continue
            message = str(result.error) if isinstance(result, Failed) else ""
            if not message or message != self._shown:
                on_reload(result)
            self._shown = message

    async def _reload_changed(self) -> Reloaded | Failed | None:
        try:
            changed = await self._generations.changed()
        except OSError as error:  # a folder that can't be read
            return Failed(error)
        return await self.reload() if changed else None

    async def reload(self) -> Reloaded | Failed:
        """Build a generation of the sources as they are now, and run it if it starts.

        Whatever stands in the way of it, a full disk or an interpreter that is gone too, is a failure to be shown.
        """
        former = self._runtime.code
        try:
            generation = await self._generations.build()
        except (LocalError, OSError) as error:
            return Failed(error)
        code = replace(former, task_root=generation)
        try:
            await self._runtime.reload(code)
        except (LocalError, OSError) as error:
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


async def _changes(packages: tuple[Path, ...]) -> AsyncIterator[Polling | None]:
    """Yield when something may have changed: at each change, and now and then.

    The latter finds what changed before the watcher was up, and what a file system does not tell it. It is all that
    is left where nothing can be watched, which is said once.
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
    try:
        async for _ in watching:
            yield None
    except (OSError, RuntimeError) as error:  # the latter is what watchfiles makes of a system's refusal
        yield Polling(error)
    while True:
        await asyncio.sleep(_LOOK_MS / 1000)
        yield None
