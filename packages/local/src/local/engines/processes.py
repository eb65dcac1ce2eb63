"""Processes of engines: started apart from ours, recognized without doubt, ended whole.

A process is known by its number and the time of its creation, so that a number that the system has given to
someone else meanwhile is never taken for ours.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from .account import Account

if TYPE_CHECKING:
    import psutil

_SAME = 2.0
"""Seconds that a creation time may move: it counts from the boot, whose time follows the system's clock."""
_INTERVAL = 0.01
"""Seconds between two looks at a process that is to end."""

_children: set[int] = set()
"""What this process started and has not seen the end of."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One process, for as long as the system runs.

    Attributes:
        pid: its number.
        created: when it was created, in seconds since the epoch.
    """

    pid: int
    created: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to run.

    Attributes:
        arguments: the program and its arguments.
        environment: the whole of its environment: nothing of the developer's shell gets in.
        folder: its working folder.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


def spawn(command: Command, *, log: Path, account: Account | None) -> Identity:
    """Start a program in a session of its own, so that no signal to our terminal or group reaches it.

    Args:
        command: the program.
        log: the file that its output is added to.
        account: who it runs as.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            command.arguments,
            env=dict(command.environment),
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_as(account),
        )
    _children.add(child.pid)
    # It may outlive this process, where others use it, and we reap it by its number: to the object it is over.
    child.returncode = 0
    try:
        return Identity(child.pid, _psutil().Process(child.pid).create_time())
    except _psutil().NoSuchProcess:  # it ended at once, which macOS says so
        return Identity(child.pid, time.time())


def run(command: Command, *, text: str, log: Path, account: Account | None, seconds: float) -> bool:
    """Run a program to its end; return whether it succeeded.

    Args:
        command: the program.
        text: its standard input.
        log: the file that its output is added to.
        account: who it runs as.
        seconds: when it has not ended by then, it is killed.
    """
    with log.open("ab") as output:
        try:
            done = subprocess.run(
                command.arguments,
                env=dict(command.environment),
                cwd=command.folder,
                input=text.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                timeout=seconds,
                check=False,
                **_as(account),
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


class _As(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as(account: Account | None) -> _As:
    """Return the arguments of `subprocess` that make a program run as the account, in no further group."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def is_alive(process: Identity) -> bool:
    """Return whether the process still runs, be it frozen."""
    return _find(process) is not None


def tree(process: Identity) -> tuple[Identity, ...]:
    """Return the process and all that it started and what those started, as far as they run."""
    found = _find(process)
    if found is None:
        return ()
    library = _psutil()
    members = [process]
    try:
        for child in found.children(recursive=True):
            with suppress(library.NoSuchProcess):
                if child.status() != library.STATUS_ZOMBIE:
                    members.append(Identity(child.pid, child.create_time()))
    except library.NoSuchProcess:
        return ()
    return tuple(members)


def inside(folder: Path, is_ours: Callable[[str, Sequence[str]], bool]) -> tuple[Identity, ...]:
    """Return the processes of an engine that nobody noted: those that work inside of its folder.

    They are those whose starter was killed before it could note them, and the children of an engine that was
    killed without them.

    Args:
        folder: the engine's folder.
        is_ours: tells the engine's processes from others that happen to work there, such as the developer's
            shell, by the program's path and the command line.
    """
    place = folder.resolve()
    found: list[Identity] = []
    for process in _psutil().process_iter():
        try:
            if Path(process.cwd()).is_relative_to(place) and is_ours(process.exe(), process.cmdline()):
                found.append(Identity(process.pid, process.create_time()))
        except (_psutil().Error, OSError):  # gone, or a stranger's
            continue
    return tuple(found)


def send(process: Identity, number: signal.Signals) -> None:
    """Send a signal to the process, if it is still there."""
    found = _find(process)
    if found is not None:
        try:
            found.send_signal(number)
        except _psutil().NoSuchProcess:
            return


def wait_gone(processes: Sequence[Identity], seconds: float) -> bool:
    """Wait until none of the processes runs; return whether that was so in time."""
    deadline = time.monotonic() + seconds
    while any(is_alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(_INTERVAL)
    return True


def _find(process: Identity) -> "psutil.Process | None":
    library = _psutil()
    _reap(process.pid)
    try:
        found = library.Process(process.pid)
        same = abs(found.create_time() - process.created) < _SAME
        # A killed process is a zombie while its other threads still end, and its ports are open until the last has.
        ended = found.status() == library.STATUS_ZOMBIE and found.num_threads() <= 1
    except library.NoSuchProcess:
        return None
    return found if same and not ended else None


def _reap(pid: int) -> None:
    if pid in _children:
        try:
            ended = os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:  # another thread was faster
            ended = True
        if ended:
            _children.discard(pid)


def _psutil():  # noqa: ANN202 - a module
    # Imported on first use: it takes 35 ms, in which the slowest engine has been started already.
    import psutil  # noqa: PLC0415

    return psutil
