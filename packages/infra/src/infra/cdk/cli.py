"""Running the command line of the CDK."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from .errors import CdkFailedError
from .install import installed
from .node import node

_QUIET: Final = {
    # What the CDK would tell its makers, or ask of them.
    "CDK_DISABLE_CLI_TELEMETRY": "1",
    "CDK_DISABLE_VERSION_CHECK": "1",
}
_OPTIONS: Final = ("--no-notices", "--no-version-reporting", "--no-color", "--ci")
"""`--ci`: what is no error goes to stdout."""
_GRACE_SECONDS = 5.0
"""How long it has to end when we are ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cli:
    """The command line, installed.

    Attributes:
        script: the program, for Node.
        home: a folder for what it keeps, such as which account a key is of.
        assembly: the cloud assembly that it works on; None for what needs none.
        environ: the environment that it gets, with what finds credentials.
    """

    script: Path
    home: Path
    assembly: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @classmethod
    def of(cls, local: Path, say: Callable[[str], object], *, assembly: Path | None = None) -> "Cli":
        """Return the command line for an assembly, installed if need be.

        Args:
            local: the checkout's `.local`.
            say: takes a line where it takes long.
            assembly: the cloud assembly.

        Raises:
            CdkError: it can't be installed, or there is no Node.
        """
        return cls(script=installed(local, say), home=local / "cdk" / "home", assembly=assembly)

    def run(self, command: str, *arguments: str) -> None:
        """Run a command, on our terminal.

        Raises:
            CdkFailedError: it failed; it has said why.
        """
        code = self._ended(self._started(command, arguments, capture=False))
        if code != 0:
            raise CdkFailedError(command, code)

    def told(self, command: str, *arguments: str, say: Callable[[str], object]) -> tuple[int, list[str]]:
        """Run a command, showing each of its lines as it comes; return its exit code and the lines."""
        lines: list[str] = []
        process = self._started(command, arguments, capture=True)
        assert process.stdout is not None  # noqa: S101  # it is captured
        stream = process.stdout
        code = self._ended(process, lambda: _read(stream, lines, say))
        return code, lines

    def _started(self, command: str, arguments: tuple[str, ...], *, capture: bool) -> "subprocess.Popen[str]":
        assembly = ["--app", str(self.assembly)] if self.assembly else []
        self.home.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [str(node()), str(self.script), command, *arguments, *assembly, *_OPTIONS],
            cwd=self.home,  # where no cdk.json says anything else
            env={**self.environ, **_QUIET, "CDK_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,  # it has nothing to ask
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None,
            text=True,
        )

    def _ended(self, process: "subprocess.Popen[str]", work: Callable[[], object] = lambda: None) -> int:
        """Wait for its end; whatever ends us, Ctrl-C included, ends it first."""
        try:
            work()
            return process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise


def _read(stream: IO[str], lines: list[str], say: Callable[[str], object]) -> None:
    with stream:
        for line in stream:
            lines.append(line.rstrip("\n"))
            say(lines[-1])
