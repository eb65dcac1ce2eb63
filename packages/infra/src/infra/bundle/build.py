"""Building a bundle, once for each state of the lock, the sources and the options."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .bytecode import compile_beside, compile_in_place
from .contents import Contents, Pinned, pin
from .debugging import blank_debug_sections
from .install import install_locked, install_members, open_to_all, place
from .interpreter import Interpreter
from .prune import prune
from .roots import amazon_roots
from .scratch import remove_abandoned, scratch
from .target import ROOTS_NAME, Platform
from .workspace import Workspace

_KEPT = 4
"""How many bundles of one name and platform are kept: a branch or two back and forth, not a history."""


def build(contents: Contents, *, workspace: Workspace, platform: Platform, interpreter: Interpreter) -> Path:
    """Return the folder of a bundle, built now or found as it was built before.

    The folder is shared with whoever builds the same: read it, never write to it.

    Raises:
        BundleError: it can't be built; the message has the reason.
    """
    pinned, roots = pin(contents, workspace), amazon_roots()
    stem = f"{contents.name}-{platform}-"
    bundle = workspace.bundles / (stem + _key(contents, pinned, platform, interpreter, roots))
    if bundle.is_dir():
        os.utime(bundle)
        return bundle
    remove_abandoned(workspace.bundles)
    with scratch(workspace.bundles, bundle.name) as temporary:
        filled = temporary / "bundle"
        filled.mkdir()
        _put_dependencies(pinned, filled, workspace=workspace, platform=platform, interpreter=interpreter)
        _put_own(pinned.members, contents.modules, filled, workspace, interpreter)
        (filled / ROOTS_NAME).write_text(roots, encoding="ascii")
        open_to_all(filled)
        publish(filled, bundle)
    forget_old(workspace.bundles, stem)
    return bundle


def _put_dependencies(
    pinned: Pinned, filled: Path, *, workspace: Workspace, platform: Platform, interpreter: Interpreter
) -> None:
    requirements = filled.with_name("requirements.txt")
    requirements.write_text(pinned.requirements, encoding="utf-8")
    install_locked(requirements, filled, workspace=workspace, platform=platform, interpreter=interpreter)
    prune(filled)
    blank_debug_sections(filled)
    compile_in_place(filled, interpreter)


def _put_own(
    members: tuple[Path, ...], modules: tuple[Path, ...], filled: Path, workspace: Workspace, interpreter: Interpreter
) -> None:
    wheels = filled.with_name("wheels")
    install_members(members, filled, wheels=wheels, workspace=workspace, interpreter=interpreter)
    place(modules, filled)
    prune(filled)
    compile_beside(filled, interpreter)


def publish(made: Path, where: Path) -> None:
    """Put what was made in a scratch folder where others find it, unless another process has just done so."""
    try:
        made.rename(where)
    except OSError:
        if not where.exists():
            raise


def forget_old(bundles: Path, stem: str) -> None:
    """Remove all but the bundles used last, of those whose name begins with `stem`."""

    def last_used(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except FileNotFoundError:  # another process forgets too
            return 0

    # What is being built or removed lies in folders whose names begin with a dot: it is not matched.
    for path in sorted(bundles.glob(f"{stem}*"), key=last_used, reverse=True)[_KEPT:]:
        with scratch(bundles, path.name) as gone, suppress(FileNotFoundError):  # another process forgets too
            path.rename(gone / path.name)  # not removed in its place: a bundle is there whole or not at all


def _key(contents: Contents, pinned: Pinned, platform: Platform, interpreter: Interpreter, roots: str) -> str:
    digest = hashlib.sha256()
    for part in _parts(contents, pinned, platform, interpreter, roots):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def _parts(
    contents: Contents, pinned: Pinned, platform: Platform, interpreter: Interpreter, roots: str
) -> Iterator[bytes]:
    # How a bundle is made is part of what it is: a change here makes it anew.
    yield from _sources(Path(__file__).parent)
    for text in (platform, interpreter.version, pinned.requirements, roots):
        yield text.encode()
    for member in pinned.members:
        # What its wheel is made of; tools keep files of their own beside it, which come and go.
        yield from _sources(member / "pyproject.toml")
        yield from _sources(member / "src")
    for module in contents.modules:
        yield from _sources(module)


def _sources(path: Path) -> Iterator[bytes]:
    if path.is_file():
        yield path.name.encode()
        yield path.read_bytes()
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.relative_to(path).parts:
            yield file.relative_to(path).as_posix().encode()
            yield file.read_bytes()
