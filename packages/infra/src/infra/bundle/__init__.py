"""The bundle of a function: the folder that is deployed, built from the lock.

`python -m infra.bundle health` builds one. The same code builds it for the platform that is deployed to and for
the machine at hand, so that what the bench measures is what is deployed.
"""

from .build import build
from .contents import Contents, of_function, of_group
from .errors import BundleError, CommandFailedError, InterpreterNotFoundError, NotInLockError
from .interpreter import Interpreter, find
from .target import DEPLOYED_PYTHON, Platform
from .workspace import Workspace

__all__ = [
    "DEPLOYED_PYTHON",
    "BundleError",
    "CommandFailedError",
    "Contents",
    "Interpreter",
    "InterpreterNotFoundError",
    "NotInLockError",
    "Platform",
    "Workspace",
    "build",
    "find",
    "of_function",
    "of_group",
]
