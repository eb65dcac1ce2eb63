"""What can go wrong with an engine."""

from pathlib import Path

from local.errors import LocalError

_TAIL = 12
"""Lines of the engine's log that an error repeats."""


class EngineError(LocalError):
    """An engine can't be had.

    Attributes:
        engine: its name.
    """

    def __init__(self, engine: str, message: str) -> None:
        super().__init__(f"{engine} {message}")
        self.engine = engine


class EngineFailedError(EngineError):
    """An engine, or the program that prepares it, ended before it was ready."""

    def __init__(self, engine: str, log: Path) -> None:
        super().__init__(engine, f"did not start; the end of its log {log} says why:\n{_end_of(log)}")


class EngineTimeoutError(EngineError):
    """An engine did not become ready in time."""

    def __init__(self, engine: str, seconds: float, log: Path) -> None:
        super().__init__(engine, f"was not ready within {seconds:.0f} s; the end of its log {log}:\n{_end_of(log)}")


class EnginePortError(EngineError):
    """Someone else listens where the engine is to listen."""

    def __init__(self, engine: str, port: int) -> None:
        super().__init__(engine, f"can't listen on 127.0.0.1:{port}: another program does; end that, or start again")


class DataVersionError(EngineError):
    """The kept data was written by another major version of the engine."""

    def __init__(self, engine: str, found: str, expected: str, folder: Path) -> None:
        super().__init__(
            engine,
            f"{expected} can't read the data in {folder}, which version {found} wrote:"
            " save what you need with that version, then run `nox -s reset`",
        )


class UnreachableFolderError(EngineError):
    """The user that the engine runs as can't reach its folder."""

    def __init__(self, engine: str, folder: Path, closed: Path) -> None:
        super().__init__(
            engine,
            f"runs as another user than root, who can't reach {folder}: {closed} is closed to others;"
            " choose a folder for the data whose parents are not",
        )


class PgBouncerMissingError(EngineError):
    """PgBouncer is not installed; it is the one engine that no package registry of a language has."""

    def __init__(self) -> None:
        super().__init__(
            "pgbouncer", "is not installed: `apt-get install pgbouncer`, `brew install pgbouncer`, then run again"
        )


class EngineFolderError(EngineError):
    """The system refuses something in the engine's folder: no room, no right."""

    def __init__(self, engine: str, folder: Path, error: OSError) -> None:
        super().__init__(
            engine, f"can't use its folder {folder} ({error}): make room or put that right, then run again"
        )


def _end_of(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return "(there is no log)"
    return "\n".join(lines[-_TAIL:])
