"""Files of a stage: each is replaced whole, and only the developer reads them."""

import json
import os
import tempfile
from pathlib import Path
from typing import cast


def write(path: Path, text: str) -> None:
    """Put a file of mode 0600 at `path`, in the place of one that is there."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_object(path: Path) -> dict[str, object]:
    """Return the JSON object in a file; an empty one where there is none, or where it was damaged by hand."""
    try:
        value: object = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def write_object(path: Path, value: dict[str, object]) -> None:
    """Put a JSON object into a file, as `write` does."""
    write(path, json.dumps(value, indent=2) + "\n")
