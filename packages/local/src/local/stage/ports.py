"""The ports of a stage: chosen once, kept, and chosen anew only when someone else has taken one."""

import secrets
from pathlib import Path

from local.engines import is_free
from local.locks import exclusive

from .errors import StageFolderError
from .files import read_object, write_object

LOWEST, HIGHEST = 20_000, 31_999
"""Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections."""
_TRIES = 1000


def claim(stage: Path, name: str) -> int:
    """Return the port that the stage keeps for `name`, after making sure that it is free.

    Args:
        stage: the folder of the stage.
        name: what will listen there: an engine, `api`, `studio`.

    Raises:
        StageFolderError: no port is free.
    """
    file = stage / "ports.json"
    with exclusive(stage / "ports.lock"):
        ports = read_object(file)
        kept = ports.get(name)
        if isinstance(kept, int) and is_free(kept):
            return kept
        port = _choose(stage, {value for value in ports.values() if isinstance(value, int)})
        write_object(file, ports | {name: port})
        return port


def _choose(stage: Path, used: set[int]) -> int:
    for _ in range(_TRIES):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)
        if port not in used and is_free(port):
            return port
    raise StageFolderError(stage, f"{_TRIES} ports between {LOWEST} and {HIGHEST} were tried and all are taken")
