"""One engine: started, probed, stopped, and everything that a fault test does to it."""

import signal
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from local.artifacts import DownloadProgress
from local.locks import CancelledError

from . import processes
from .errors import EngineFailedError, EnginePortError, EngineTimeoutError
from .probes import is_free
from .processes import Command, Identity
from .site import EngineName, Site

_POLL = 0.02
"""Seconds between two probes of an engine that comes up."""
_KILLED = 10.0
"""Seconds that killed processes have to be gone: they may hang in the kernel's disk cache."""


def _ignore(_name: str, _total: int, _done: int, /) -> None:
    """Take no notice of progress."""


class Definition(Protocol):
    """What is particular to an engine."""

    @property
    def site(self) -> Site:
        """Where it lives."""
        ...

    @property
    def stop_signal(self) -> signal.Signals:
        """What asks it to stop at once and in order."""
        ...

    @property
    def patience(self) -> float:
        """Seconds that it may take to be ready, and likewise to stop."""
        ...

    def prepare(self, progress: DownloadProgress) -> Command:
        """Make ready what it needs, first of all its programs, and return what runs it.

        Raises:
            ArtifactError: its programs can't be had.
            EngineError: they failed.
        """
        ...

    def is_ready(self) -> bool:
        """Return whether it serves by now."""
        ...

    def stopped(self) -> None:
        """Do what is to be done after it has ended in order."""
        ...

    def is_ours(self, program: str, arguments: Sequence[str]) -> bool:
        """Return whether a process that works in its folder is one of its own."""
        ...


class Register(Protocol):
    """Knows the main process of an engine, whichever program started it."""

    def process(self) -> Identity | None:
        """Return the main process, None where none was started."""
        ...

    def note(self, process: Identity | None) -> None:
        """Keep the main process, or that it has ended."""
        ...


class Engine:
    """An engine that this program or another one runs; what it does, it does to the engine of all of them."""

    def __init__(self, definition: Definition, register: Register) -> None:
        self.definition = definition
        self._register = register

    @property
    def name(self) -> EngineName:
        """The engine's name."""
        return self.definition.site.engine

    @property
    def port(self) -> int:
        """The TCP port that it listens on, on 127.0.0.1."""
        return self.definition.site.port

    @property
    def is_running(self) -> bool:
        """Whether its main process is there, be it frozen."""
        process = self._register.process()
        return process is not None and processes.is_alive(process)

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of all its processes, the main one first."""
        return tuple(process.pid for process in self._tree())

    def start(self, progress: DownloadProgress = _ignore, cancelled: threading.Event | None = None) -> None:
        """Start it, on its port and with its data, unless it runs; return when it is ready.

        Args:
            progress: is told how far the download of its programs is, where they are not cached.
            cancelled: ends the start when it is set.

        Raises:
            ArtifactError: its programs can't be had.
            EngineError: it did not become ready; nothing of it runs then.
            CancelledError: `cancelled` was set meanwhile; nothing of it runs then.
        """
        if self.is_running:
            self.wait_ready(cancelled)
            return
        self.stop()  # of one that has ended without us, something may be left
        try:
            self._launch(progress)
            self.wait_ready(cancelled)
        except BaseException:
            self.kill()
            raise

    def _launch(self, progress: DownloadProgress) -> None:
        site = self.definition.site
        site.make()
        if site.log.exists():
            site.log.replace(site.log.with_name(f"{site.log.name}.old"))
        command = self.definition.prepare(progress)
        if not is_free(site.port):
            raise EnginePortError(self.name, site.port)
        self._register.note(processes.spawn(command, log=site.log, account=site.account))

    def wait_ready(self, cancelled: threading.Event | None = None) -> None:
        """Wait until it serves.

        Raises:
            EngineError: it ended, or took too long.
            CancelledError: `cancelled` was set meanwhile.
        """
        site, patience = self.definition.site, self.definition.patience
        deadline = time.monotonic() + patience
        cancelled = cancelled or threading.Event()
        pause = 0.0
        while not cancelled.wait(pause):
            ready = self.definition.is_ready()
            # Asked second: what answered may be someone else's, who took the port before ours had it.
            if not self.is_running:
                raise EngineFailedError(self.name, site.log)
            if ready:
                return
            if time.monotonic() > deadline:
                raise EngineTimeoutError(self.name, patience, site.log)
            pause = _POLL
        raise CancelledError

    def stop(self) -> None:
        """Stop it in order, and by force if that takes too long; return when nothing of it runs."""
        members = self._tree()
        if members:
            self.thaw()
            processes.send(members[0], self.definition.stop_signal)
            if processes.wait_gone(members, self.definition.patience):
                self.definition.stopped()
        elif self._register.process() is not None:
            self._sweep()  # it has ended without us, perhaps not whole
        self._end(members)

    def kill(self) -> None:
        """Kill it as a whole (SIGKILL), as a crash would; return when nothing of it runs."""
        self.freeze()  # so that it starts no more children
        self._end(self._tree())

    def _end(self, members: Sequence[Identity]) -> None:
        for member in members:
            processes.send(member, signal.SIGKILL)
        processes.wait_gone(members, _KILLED)
        self._register.note(None)

    def freeze(self) -> None:
        """Stop every process of it where it is (SIGSTOP): connections stay open and nothing answers."""
        before: tuple[Identity, ...] = ()
        while (members := self._tree()) != before:  # one may start another until it is frozen itself
            for member in members:
                processes.send(member, signal.SIGSTOP)
            before = members

    def thaw(self) -> None:
        """Let every process of it go on (SIGCONT)."""
        for member in self._tree():
            processes.send(member, signal.SIGCONT)

    def clear(self) -> None:
        """End what a killed run left of it, be it noted or not: in order where it can be, else by force."""
        self.stop()
        self._sweep()

    def wipe(self) -> None:
        """Stop it and throw its data away."""
        self.clear()
        self.definition.site.wipe()

    def _tree(self) -> tuple[Identity, ...]:
        process = self._register.process()
        return () if process is None else processes.tree(process)

    def _sweep(self) -> None:
        """Kill every process that works in its folder and is its own."""
        self._end(processes.inside(self.definition.site.folder, self.definition.is_ours))
