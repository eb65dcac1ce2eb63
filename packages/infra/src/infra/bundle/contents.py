"""What a bundle carries: a selection of the lock, members of the workspace among it, and single files."""

from dataclasses import dataclass
from pathlib import Path

from core.manifest import Function

from .errors import CommandFailedError, NotInLockError
from .workspace import Workspace

_PACKAGE = "mocstack-functions"
"""The distribution of the handlers; a function's `extra` is one of its extras."""

_MEMBER = "-e "
"""How an export marks a member of the workspace."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a bundle.

    Attributes:
        name: what the bundle is called.
        selection: the arguments of `uv export` that choose from the lock.
        modules: files and folders beside it, put at the top of the bundle.
    """

    name: str
    selection: tuple[str, ...]
    modules: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Pinned:
    """A selection, resolved.

    Attributes:
        requirements: the text of a requirements file: versions and hashes, by the lock.
        members: the folders of the workspace's own packages among them.
    """

    requirements: str
    members: tuple[Path, ...]


def of_function(function: Function) -> Contents:
    """Return what a function of the manifest carries: the handlers, and what its extra asks for."""
    extra = ("--extra", function.extra) if function.extra else ()
    return Contents(function.name, ("--package", _PACKAGE, "--no-default-groups", *extra))


def of_group(group: str, modules: tuple[Path, ...] = ()) -> Contents:
    """Return what a dependency group of the workspace carries, and further modules."""
    return Contents(group, ("--only-group", group), modules)


def pin(contents: Contents, workspace: Workspace) -> Pinned:
    """Resolve a selection by the lock.

    Raises:
        NotInLockError: there is no such extra or group in the lock.
    """
    try:
        export = workspace.uv("export", "--frozen", "--no-header", "--no-annotate", "--quiet", *contents.selection)
    except CommandFailedError as error:
        raise NotInLockError(contents.name, error.output) from error
    lines = export.splitlines(keepends=True)
    members = tuple(workspace.root / line.removeprefix(_MEMBER).strip() for line in lines if line.startswith(_MEMBER))
    return Pinned("".join(line for line in lines if not line.startswith(_MEMBER)), members)
