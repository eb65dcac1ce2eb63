"""The command line: errors in a line, no traceback for what a person can mend."""

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from core.errors import CoreError

from .checkout import checkout
from .commands.declared import COMMANDS
from .errors import InfraError

_BY_SIGNAL = 128
"""What a shell adds to the number of the signal that has ended a program."""
_COLUMN = max(map(len, COMMANDS)) + 2
_INTERRUPTED = _BY_SIGNAL + signal.SIGINT


def main(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code."""
    name, *rest = arguments or [""]
    if name in ("-h", "--help"):
        _show_commands()
        return 0
    if name not in COMMANDS:
        _complain(f"usage: python -m infra {{{','.join(COMMANDS)}}}")
        return 2
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"nox -s {name} --", allow_abbrev=False)
    command.declare(parser)
    options = parser.parse_args(rest)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _ended)
    try:
        options.root = checkout()
        return command.load()(options)
    except (CoreError, InfraError) as error:
        _complain(f"error: {error}")
        return 1
    except OSError as error:
        if error.filename is None:  # nothing that a person could mend by what we say
            raise
        _complain(f"error: {error.filename}: {error.strerror}")
        return 1
    except KeyboardInterrupt:
        _complain(f"interrupted{command.interrupted}")
        return _INTERRUPTED


def _show_commands() -> None:
    sys.stdout.write("usage: python -m infra COMMAND STAGE; `COMMAND -h` says more\n\n")
    for name, command in COMMANDS.items():
        parser = argparse.ArgumentParser()
        command.declare(parser)
        sys.stdout.write(f"{name:<{_COLUMN}}{parser.description}\n")


def _ended(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_BY_SIGNAL + number)


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")
