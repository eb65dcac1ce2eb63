"""The command line: one parser for each command, errors in a line, no traceback for what a person can mend."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .commands.screen import Screen
from .errors import LocalError
from .locks import CancelledError
from .paths import checkout

Run = Callable[[argparse.Namespace], int]

_INTERRUPTED = 130
"""The exit code of a program that Ctrl-C has ended."""
_HIGHEST_PORT = 65_535


def main(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code."""
    command, *rest = arguments or [""]
    if command not in COMMANDS:
        Screen(sys.stderr).line(f"usage: python -m local {{{','.join(COMMANDS)}}}")
        return 2
    declare, load = COMMANDS[command]
    parser = argparse.ArgumentParser(prog=f"nox -s {command} --", allow_abbrev=False)
    declare(parser)
    options = parser.parse_args(rest)
    try:
        options.stage_folder = checkout() / ".local"
        return load()(options)
    except CancelledError:
        Screen(sys.stderr).line("ended before the stage was up")
        return _INTERRUPTED
    except LocalError as error:
        Screen(sys.stderr).line(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _dev(parser: argparse.ArgumentParser) -> None:
    parser.description = "Start the local stage, and serve its API until Ctrl-C."
    parser.add_argument("--once", action="store_true", help="stop when /health is healthy; its body is the last line")
    parser.add_argument("--port", type=_port, help="port of the API; kept between starts if not given")
    parser.add_argument(
        "--log", action="append", default=[], metavar="FUNCTION", help="show only this function's log; may be repeated"
    )
    parser.add_argument(
        "--without", action="append", default=[], choices=("opensearch", "s3"), help="do without this engine"
    )


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to {_HIGHEST_PORT}")
    return port


def _invoke(parser: argparse.ArgumentParser) -> None:
    parser.description = "Invoke a function on the local stage; its log goes to stderr, its answer to stdout."
    parser.add_argument("function", metavar="FUNCTION", help="the function's name in the manifest")
    parser.add_argument("event", nargs="?", type=Path, help="file with the event as JSON, - for stdin; {} if not given")
    parser.add_argument("--debug", action="store_true", help="no timeout, on this terminal: breakpoint() works")


def _shell(parser: argparse.ArgumentParser) -> None:
    parser.description = "Run a command with the links of a stage in its environment."
    parser.add_argument("stage", metavar="STAGE", help="local")
    parser.add_argument("command", metavar="COMMAND", nargs=argparse.REMAINDER, help="the command and its arguments")


def _none(parser: argparse.ArgumentParser) -> None:
    parser.description = "Takes no arguments."


def _load_dev() -> Run:
    from .commands.dev import run  # noqa: PLC0415  # a command loads what it needs, no more

    return run


def _load_invoke() -> Run:
    from .commands.invoke import run  # noqa: PLC0415  # likewise

    return run


def _load_shell() -> Run:
    from .commands.shell import run  # noqa: PLC0415  # likewise

    return run


def _load_reset() -> Run:
    from .commands.clearing import reset  # noqa: PLC0415  # likewise

    return reset


def _load_stop() -> Run:
    from .commands.clearing import stop  # noqa: PLC0415  # likewise

    return stop


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Callable[[], Run]]] = {
    "dev": (_dev, _load_dev),
    "invoke": (_invoke, _load_invoke),
    "shell": (_shell, _load_shell),
    "reset": (_none, _load_reset),
    "stop": (_none, _load_stop),
}
