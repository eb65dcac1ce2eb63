"""The bundles of a stage: one for each of its functions."""

from collections.abc import Callable, Iterable, Mapping

from core.manifest import Function

from . import limits
from .archive import Bundle, zipped
from .contents import of_function
from .interpreter import Interpreter
from .target import Platform
from .workspace import Workspace


def build_all(
    functions: Iterable[Function],
    *,
    workspace: Workspace,
    interpreter: Interpreter,
    say: Callable[[str], None],
    platform: Platform = "deployed",
) -> Mapping[str, Bundle]:
    """Return the bundles of functions, by the functions' names.

    Args:
        functions: what is to be deployed.
        workspace: whose lock and sources they are built from.
        interpreter: what compiles them.
        say: told of each bundle, in a line, once it is there.
        platform: what runs them.

    Raises:
        BundleError: one can't be built, or is larger than it may be.
    """
    bundles: dict[str, Bundle] = {}
    for function in functions:
        contents = of_function(function)
        bundle = zipped(contents, workspace=workspace, platform=platform, interpreter=interpreter)
        bundles[function.name] = bundle
        zip_size, size = _megabytes(bundle.zipped_bytes), _megabytes(bundle.unpacked_bytes)
        say(f"bundle {bundle.name}: {zip_size} zipped, {size} unpacked")
    limits.check(bundles)
    return bundles


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
