"""What runs of a stage: the main process of each engine, noted where every user of the stage finds it."""

from pathlib import Path

from local.engines import EngineName, Identity
from local.locks import exclusive

from .files import read_object, write_object


class State:
    """The file that says what runs.

    It is there from before the first engine starts until the last one has ended: where it is found and nobody
    uses the stage, somebody was killed.
    """

    def __init__(self, stage: Path) -> None:
        self._file = stage / "state.json"
        self._lock = stage / "state.lock"

    @property
    def exists(self) -> bool:
        """Whether engines run, or were left behind."""
        return self._file.exists()

    def begin(self) -> None:
        """Say that engines may run from now on."""
        with exclusive(self._lock):
            write_object(self._file, read_object(self._file))

    def end(self) -> None:
        """Say that none runs any more."""
        self._file.unlink(missing_ok=True)

    def process(self, engine: EngineName) -> Identity | None:
        """Return the main process of an engine, as it was noted."""
        match read_object(self._file).get(engine):
            case {"pid": int(pid), "created": float(created)}:
                return Identity(pid, created)
            case _:
                return None

    def port(self, engine: EngineName) -> int | None:
        """Return the port of an engine, as it was noted."""
        match read_object(self._file).get(engine):
            case {"port": int(port)}:
                return port
            case _:
                return None

    def note(self, engine: EngineName, process: Identity | None, port: int) -> None:
        """Note the main process of an engine, or that it has ended."""
        with exclusive(self._lock):
            running = read_object(self._file)
            running.pop(engine, None)
            if process is not None:
                running[engine] = {"pid": process.pid, "created": process.created, "port": port}
            write_object(self._file, running)
