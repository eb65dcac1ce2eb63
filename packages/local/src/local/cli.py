"""The command line: errors in a line, no traceback for what a person can mend."""

import argparse
import sys
from collections.abc import Sequence

from .commands.declared import COMMANDS
from .commands.screen import Screen
from .errors import LocalError
from .locks import CancelledError
from .paths import checkout

_INTERRUPTED = 130
"""The exit code of a program that Ctrl-C has ended."""


def main(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code."""
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        Screen(sys.stderr).line(f"usage: python -m local {{{','.join(COMMANDS)}}}")
        return 2
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"nox -s {name} --", allow_abbrev=False)
    command.declare(parser)
    options = parser.parse_args(rest)
    try:
        options.stage_folder = checkout() / ".local"
        return command.load()(options)
    except CancelledError:
        Screen(sys.stderr).line("ended before the stage was up")
        return _INTERRUPTED
    except LocalError as error:
        Screen(sys.stderr).line(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
