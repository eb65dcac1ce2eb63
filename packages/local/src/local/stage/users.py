"""Who uses a stage, counted by the kernel: each user holds a lock on a file of its own until it ends, however."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from local.locks import Lock

from .files import read_object, write


@dataclass(frozen=True, slots=True)
class User:
    """One program that uses the stage.

    Attributes:
        name: which: `dev`, `shell`, `tests`.
        pid: its process.
        about: where it can be found, in words or as a URL; empty where there is nothing to say.
    """

    name: str
    pid: int
    about: str = ""


class Use:
    """The use of a stage by this process; closing it ends it."""

    def __init__(self, stage: Path, name: str, about: str) -> None:
        folder = stage / "users"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._file = folder / f"{os.getpid()}-{secrets.token_hex(4)}.json"
        # It appears under its name with the lock on it: whoever finds it free knows that its user is gone.
        new = folder / f".{self._file.name}"
        write(new, json.dumps(asdict(User(name, os.getpid(), about))))
        self._lock = Lock(new)
        self._lock.take()
        new.replace(self._file)

    def close(self) -> None:
        """End the use."""
        self._file.unlink(missing_ok=True)
        self._lock.close()


def users_of(stage: Path) -> tuple[User, ...]:
    """Return who uses the stage at this moment."""
    found: list[User] = []
    for file in sorted((stage / "users").glob("[!.]*.json")):
        try:
            lock = Lock(file, create=False)
        except FileNotFoundError:  # it has just ended
            continue
        try:
            if lock.is_taken():
                match read_object(file):
                    case {"name": str(name), "pid": int(pid), "about": str(about)}:
                        found.append(User(name, pid, about))
                    case _:
                        continue
            else:
                file.unlink(missing_ok=True)
        finally:
            lock.close()
    return tuple(found)
