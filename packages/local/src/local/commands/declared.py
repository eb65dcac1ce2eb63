"""The commands: their arguments, and where each is. A command is loaded when it is run, with what it needs."""

import argparse
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

Run = Callable[[argparse.Namespace], int]

_HIGHEST_PORT = 65_535
_SEEDED_USERS = 10
"""Users of sample data where nobody says how many: enough to have something to look at."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        declare: gives its parser a description and arguments.
        module: the module of this package that holds it.
        function: the function in there that runs it and returns the exit code.
    """

    declare: Callable[[argparse.ArgumentParser], None]
    module: str
    function: str = "run"

    def load(self) -> Run:
        """Return what runs it."""
        module = importlib.import_module(f"{__package__}.{self.module}")
        return cast("Run", getattr(module, self.function))  # a test loads each


class _Sentence(argparse.Action):
    """Joins the words of an argument that nobody has put in quotes."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  # argparse's own signature
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,  # noqa: ARG002  # likewise
    ) -> None:
        setattr(namespace, self.dest, " ".join(map(str, values or ())))


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


def _invoke(parser: argparse.ArgumentParser) -> None:
    parser.description = "Invoke a function on the local stage; its log goes to stderr, its answer to stdout."
    parser.add_argument("function", metavar="FUNCTION", help="the function's name in the manifest")
    parser.add_argument("event", nargs="?", type=Path, help="file with the event as JSON, - for stdin; {} if not given")
    parser.add_argument("--debug", action="store_true", help="no timeout, on this terminal: breakpoint() works")


def _shell(parser: argparse.ArgumentParser) -> None:
    parser.description = "Run a command with the links of a stage in its environment."
    parser.add_argument("stage", metavar="STAGE", help="local")
    parser.add_argument("command", metavar="COMMAND", nargs=argparse.REMAINDER, help="the command and its arguments")


def _reset(parser: argparse.ArgumentParser) -> None:
    parser.description = "Throw the local stage's data away, make the schema anew and fill it with sample data."
    parser.add_argument(
        "--users", type=_count, default=_SEEDED_USERS, help="users of sample data, 0 for none (default: %(default)s)"
    )


def _stop(parser: argparse.ArgumentParser) -> None:
    parser.description = "End what runs of the local stage. Takes no arguments."


def _generate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Write a revision that brings the migrations to the models; nothing where they agree."
    parser.add_argument(
        "message",
        metavar="MESSAGE",
        nargs="+",
        action=_Sentence,
        help="what changes, in a few words",
    )


def _migrate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Bring a stage's database to the newest revision."
    parser.add_argument("stage", metavar="STAGE", nargs="?", default="local", help="the stage (default: %(default)s)")


def _push(parser: argparse.ArgumentParser) -> None:
    parser.description = "Bring the local database to the models as they are, without a revision: to try things out."
    parser.add_argument("stage", metavar="STAGE", nargs="?", default="local", help="only local")
    parser.add_argument("--accept-data-loss", action="store_true", help="also where rows or values are lost")


def _studio(parser: argparse.ArgumentParser) -> None:
    parser.description = "Look at the local database, and change rows, in a browser, until Ctrl-C."
    parser.add_argument("--port", type=_port, help="port of the studio; kept between starts if not given")


def _seed(parser: argparse.ArgumentParser) -> None:
    parser.description = "Fill the local database with sample data. What is there already stays as it is."
    parser.add_argument(
        "users", metavar="USERS", nargs="?", type=_count, default=_SEEDED_USERS, help="(default: %(default)s)"
    )


def _history(parser: argparse.ArgumentParser) -> None:
    parser.description = "Show the revisions, and where the local database stands. Takes no arguments."


def _downgrade(parser: argparse.ArgumentParser) -> None:
    parser.description = "Take the local database back to a revision."
    parser.add_argument("revision", metavar="REVISION", help="a revision or the start of one, -1 for one back, or base")


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to {_HIGHEST_PORT}")
    return port


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of users")
    return int(text)


COMMANDS: dict[str, Command] = {
    "dev": Command(_dev, "dev"),
    "invoke": Command(_invoke, "invoke"),
    "shell": Command(_shell, "shell"),
    "reset": Command(_reset, "clearing", "reset"),
    "stop": Command(_stop, "clearing", "stop"),
    "generate": Command(_generate, "generate"),
    "migrate": Command(_migrate, "migrate"),
    "push": Command(_push, "push"),
    "studio": Command(_studio, "studio"),
    "seed": Command(_seed, "seed"),
    "history": Command(_history, "history"),
    "downgrade": Command(_downgrade, "downgrade"),
}
