"""The folders that the bench runs from: what is deployed, the floor and the peers, all built and compiled alike.

This package may not import `infra`, so the bundles are asked for on its command line, as a person would.
"""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from functions.manifest import HEALTH
from local.runtime.layout import Code, Interpreter, inspect

from .errors import BundleFailedError
from .sandbox import Contender

_HANDLERS = Path(__file__).parent / "handlers"


@dataclass(frozen=True, slots=True)
class Workshop:
    """Builds contenders that all run alike.

    Attributes:
        python: the interpreter that compiles and runs them.
        runtime: the folder of the runtime client.
        interpreter: what is known of that interpreter.
        deployed: whether it is of the minor version that is deployed.
    """

    python: Path
    runtime: Path
    interpreter: Interpreter
    deployed: bool

    def deployed_function(self) -> Contender:
        """Build the health function as it is deployed."""
        folder = _bundle(HEALTH.name, python=self.python)
        return Contender("ours", Code(folder, self.python, self.runtime), self.interpreter, HEALTH.handler)

    def handler(self, name: str, module: str, group: str, *beside: str) -> Contender:
        """Build one of the bench's own handlers.

        Args:
            name: what it is called in the table.
            module: the module of this package's `handlers` that has it.
            group: the dependency group of what it imports.
            beside: further modules of `handlers` to put into the bundle.
        """
        files = [argument for each in (module, *beside) for argument in ("--module", str(_HANDLERS / f"{each}.py"))]
        folder = _bundle("--group", group, *files, python=self.python)
        return Contender(name, Code(folder, self.python, self.runtime), self.interpreter, f"{module}.handler")


def open_workshop() -> Workshop:
    """Find the interpreter and build the folder of the runtime client.

    Raises:
        BundleFailedError: it can't be built.
    """
    try:
        python, deployed = _ask("--find-python"), True
    except BundleFailedError:
        python, deployed = Path(sys.executable), False
    runtime = _bundle("--group", "bench-runtime", python=python)
    interpreter = asyncio.run(inspect(Code(runtime, python, runtime)))
    return Workshop(python, runtime, interpreter, deployed)


def _bundle(*arguments: str, python: Path) -> Path:
    return _ask(*arguments, "--platform", "host", "--python", str(python))


def _ask(*arguments: str) -> Path:
    command = [sys.executable, "-m", "infra.bundle", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BundleFailedError(done.stderr.strip())
    return Path(done.stdout.strip())
