"""Building a bundle, once for each state of the lock, the sources and the options."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .bytecode import compile_all, open_to_all, prune
from .contents import Contents, Pinned, pin
from .install import install, place
from .interpreter import Interpreter
from .target import Platform
from .workspace import Workspace

_KEPT = 4
"""How many bundles of one name and platform are kept: a branch or two back and forth, not a history."""


def build(contents: Contents, *, workspace: Workspace, platform: Platform, interpreter: Interpreter) -> Path:
    """Return the folder of a bundle, built now or found as it was built before.

    The folder is shared with whoever builds the same: read it, never write to it.

    Raises:
        BundleError: it can't be built; the message has the reason.
    """
    pinned = pin(contents, workspace)
    stem = f"{contents.name}-{platform}-"
    bundle = workspace.bundles / (stem + _key(contents, pinned, platform, interpreter))
    if bundle.is_dir():
        os.utime(bundle)
        return bundle
    workspace.bundles.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.bundles, prefix=f".{bundle.name}.") as temporary:
        filled = Path(temporary, "bundle")
        filled.mkdir()
        install(pinned, filled, workspace=workspace, platform=platform, interpreter=interpreter)
        place(contents.modules, filled)
        prune(filled)
        compile_all(filled, interpreter)
        open_to_all(filled)
        _publish(filled, bundle)
    forget_old(workspace.bundles, stem)
    return bundle


def _publish(filled: Path, bundle: Path) -> None:
    try:
        filled.rename(bundle)
    except OSError:
        if not bundle.is_dir():
            raise
        # Another process has just built the same one.


def forget_old(bundles: Path, stem: str) -> None:
    """Remove all but the bundles used last, of those whose name begins with `stem`."""

    def last_used(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except FileNotFoundError:  # another process forgets too
            return 0

    # What is being built or removed lies in folders whose names begin with a dot: it is not matched.
    for path in sorted(bundles.glob(f"{stem}*"), key=last_used, reverse=True)[_KEPT:]:
        with (
            tempfile.TemporaryDirectory(dir=bundles, prefix=f".{path.name}.", ignore_cleanup_errors=True) as gone,
            suppress(FileNotFoundError),  # another process forgets too
        ):
            path.rename(Path(gone, "bundle"))  # not removed in its place: a bundle is there whole or not at all


def _key(contents: Contents, pinned: Pinned, platform: Platform, interpreter: Interpreter) -> str:
    digest = hashlib.sha256()
    for part in _parts(contents, pinned, platform, interpreter):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def _parts(contents: Contents, pinned: Pinned, platform: Platform, interpreter: Interpreter) -> Iterator[bytes]:
    # How a bundle is made is part of what it is: a change here makes it anew.
    yield from _sources(Path(__file__).parent)
    for text in (platform, interpreter.version, pinned.requirements):
        yield text.encode()
    for member in pinned.members:
        yield from _sources(member)
    for module in contents.modules:
        yield from _sources(module)


def _sources(path: Path) -> Iterator[bytes]:
    if path.is_file():
        yield path.name.encode()
        yield path.read_bytes()
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not {"__pycache__", "tests", ".venv"} & set(file.relative_to(path).parts):
            yield file.relative_to(path).as_posix().encode()
            yield file.read_bytes()
