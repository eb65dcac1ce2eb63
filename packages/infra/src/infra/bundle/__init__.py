"""The bundle of a function: the folder that is deployed, built from the lock.

`python -m infra.bundle health` builds one. The same code builds it for the platform that is deployed to and for
the machine at hand, so that what the bench measures is what is deployed. `build_all` makes the zips of a stage.
"""

from .archive import Bundle, zipped
from .build import build
from .contents import Contents, of_function, of_group
from .errors import (
    BundleError,
    BundleTooLargeError,
    CommandFailedError,
    InterpreterNotFoundError,
    MissingRootError,
    NotInLockError,
)
from .interpreter import Interpreter, find
from .stage import build_all
from .target import DEPLOYED_PYTHON, ROOTS_FILE, Platform
from .workspace import Workspace

__all__ = [
    "DEPLOYED_PYTHON",
    "ROOTS_FILE",
    "Bundle",
    "BundleError",
    "BundleTooLargeError",
    "CommandFailedError",
    "Contents",
    "Interpreter",
    "InterpreterNotFoundError",
    "MissingRootError",
    "NotInLockError",
    "Platform",
    "Workspace",
    "build",
    "build_all",
    "find",
    "of_function",
    "of_group",
    "zipped",
]
