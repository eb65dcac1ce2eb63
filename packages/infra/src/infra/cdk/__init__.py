"""The command line of the CDK: an npm package, pinned by the lock beside this file, and the Node that runs it.

It is installed once per checkout, and run on cloud assemblies that we have written: it never makes one.
`package.json` says which version; after a change `npm install --package-lock-only --omit-lockfile-registry-resolved`
in this folder writes the lock anew, without the address of a registry in it.
"""

from .cli import Cli
from .errors import CdkError, CdkFailedError, InstallError, NodeNotFoundError
from .install import installed
from .node import node, use_for_jsii

__all__ = [
    "CdkError",
    "CdkFailedError",
    "Cli",
    "InstallError",
    "NodeNotFoundError",
    "installed",
    "node",
    "use_for_jsii",
]
