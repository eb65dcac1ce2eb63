"""Engines started and stopped side by side."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from local.engines import Engine, EngineFolderError, EngineName
from local.errors import LocalError
from local.locks import CancelledError

EngineState = Literal["starting", "ready", "failed", "stopping", "stopped"]
"""What an engine is doing."""


class Watcher(Protocol):
    """Is told what happens, from several threads at once."""

    def engine(self, name: EngineName, state: EngineState, seconds: float, /) -> None:
        """Note that an engine has come to a state, `seconds` after it was asked to."""
        ...

    def download(self, name: str, total: int, done: int, /) -> None:
        """Note that `done` of `total` bytes of an artifact have arrived; `total` is 0 where it is not known."""
        ...


class Unwatched:
    """A watcher that does not care."""

    def engine(self, name: EngineName, state: EngineState, seconds: float, /) -> None:
        """Take no notice."""

    def download(self, name: str, total: int, done: int, /) -> None:
        """Take no notice."""


def start(
    engines: Sequence[Engine],
    watcher: Watcher,
    cancelled: threading.Event,
    prepare: Callable[[EngineName], object] = lambda _: None,
) -> dict[EngineName, LocalError]:
    """Start engines side by side, in their order, and wait for all.

    Args:
        engines: the engines.
        watcher: is told what happens.
        cancelled: set when the start is to give up.
        prepare: is called with each engine that is ready, in a thread of that engine's own.

    Returns:
        Why those that did not start, or could not be prepared, did not.
    """

    def begin(engine: Engine) -> None:
        def progress(name: str, total: int, done: int, /) -> None:
            if cancelled.is_set():
                raise CancelledError
            watcher.download(name, total, done)

        engine.start(progress, cancelled)

    return _each(engines, _Round(("starting", "ready"), begin, watcher, prepare), cancelled)


def stop(engines: Sequence[Engine], watcher: Watcher) -> dict[EngineName, LocalError]:
    """Stop engines side by side and wait for all; return what went wrong."""
    return _each(engines, _Round(("stopping", "stopped"), Engine.stop, watcher), threading.Event())


def clear(engines: Sequence[Engine], watcher: Watcher) -> dict[EngineName, LocalError]:
    """End what killed programs left of engines, side by side, and wait for all; return what went wrong."""
    return _each(engines, _Round(("stopping", "stopped"), Engine.clear, watcher), threading.Event())


@dataclass(frozen=True, slots=True)
class _Round:
    """One thing that is done to several engines, and what came of it."""

    states: tuple[EngineState, EngineState]
    action: Callable[[Engine], None]
    watcher: Watcher
    after: Callable[[EngineName], object] = lambda _: None
    failed: dict[EngineName, LocalError] = field(default_factory=dict[EngineName, LocalError])
    broken: list[BaseException] = field(default_factory=list[BaseException])

    def run(self, engine: Engine) -> None:
        begin = time.monotonic()
        self.watcher.engine(engine.name, self.states[0], 0.0)
        state: EngineState = "failed"
        try:
            self.action(engine)
            self.watcher.engine(engine.name, self.states[1], time.monotonic() - begin)
            self.after(engine.name)
        except CancelledError as error:
            self.failed[engine.name] = error
            state = "stopped"
        except LocalError as error:
            self.failed[engine.name] = error
        except OSError as error:
            self.failed[engine.name] = EngineFolderError(engine.name, engine.definition.site.folder, error)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            self.broken.append(error)
        else:
            return
        self.watcher.engine(engine.name, state, time.monotonic() - begin)


def _each(engines: Sequence[Engine], these: _Round, cancelled: threading.Event) -> dict[EngineName, LocalError]:
    threads = [threading.Thread(target=these.run, args=(engine,), name=engine.name) for engine in engines]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:  # Ctrl-C: what waits is told to give up, so that nothing is left behind
        cancelled.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        raise
    if these.broken:
        raise these.broken[0]
    return these.failed
