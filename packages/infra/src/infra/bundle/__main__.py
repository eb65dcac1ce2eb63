"""Build the bundle of a function, or of a dependency group, and print its folder, or its zip."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from core.manifest import Function
from functions.manifest import FUNCTIONS, PROVISION

from . import interpreter as interpreters
from .archive import Bundle, zipped
from .build import build
from .contents import Contents, of_function, of_group
from .errors import BundleError, FolderNotEmptyError
from .interpreter import Interpreter
from .target import DEPLOYED_PYTHON
from .workspace import Workspace

DEPLOYED: tuple[Function, ...] = (*FUNCTIONS, PROVISION)
"""The functions that have a bundle: the application's, and what the deployment runs before them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what the command line names; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        interpreter = _interpreter(options.python, options.platform)
        answer = interpreter.executable if options.find_python else _build(options, interpreter)
    except BundleError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the command line's answer
        return 1
    print(answer)  # noqa: T201 - likewise
    return 0


def _build(options: argparse.Namespace, interpreter: Interpreter) -> Path:
    workspace = Workspace.of(Path(__file__))
    made = zipped if options.zip else build
    bundle = made(_contents(options), workspace=workspace, platform=options.platform, interpreter=interpreter)
    if isinstance(bundle, Bundle):
        return bundle.path
    return bundle if options.out is None else _copy(bundle, options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    names = [function.name for function in DEPLOYED]
    chosen.add_argument("function", nargs="?", choices=names, help="a function of the manifest")
    chosen.add_argument("--group", help="a dependency group of the workspace, instead of a function")
    chosen.add_argument("--find-python", action="store_true", help=f"only print where Python {DEPLOYED_PYTHON} is")
    parser.add_argument(
        "--module", type=Path, action="append", default=[], help="with --group: a file or folder to add"
    )
    parser.add_argument("--platform", choices=("deployed", "host"), default="deployed", help="what runs it")
    parser.add_argument("--python", type=Path, help=f"the interpreter that runs it; {DEPLOYED_PYTHON} where found")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--out", type=Path, help="a new folder to copy the bundle to")
    form.add_argument("--zip", action="store_true", help="make the zip that is deployed")
    return parser


def _contents(options: argparse.Namespace) -> Contents:
    if options.group is not None:
        return of_group(options.group, tuple(options.module))
    return of_function(next(function for function in DEPLOYED if function.name == options.function))


def _interpreter(executable: Path | None, platform: str) -> Interpreter:
    if executable is None:
        return interpreters.find()
    found = interpreters.inspect(executable)
    if found is None:
        raise BundleError(f"{executable} does not run as a Python interpreter")
    if platform == "deployed" and found.minor != DEPLOYED_PYTHON:
        raise BundleError(f"{executable} is Python {found.minor}; what is deployed is compiled by {DEPLOYED_PYTHON}")
    return found


def _copy(bundle: Path, out: Path) -> Path:
    if out.exists() and any(out.iterdir()):
        raise FolderNotEmptyError(out)
    shutil.copytree(bundle, out, dirs_exist_ok=True)
    return out


if __name__ == "__main__":
    sys.exit(main())
