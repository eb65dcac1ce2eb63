"""The commands: their arguments, and where each is. A command is loaded when it is run, with what it needs."""

import argparse
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        declare: gives its parser a description and arguments.
        module: the module of this package that holds it; its function `run` returns the exit code.
        interrupted: what Ctrl-C leaves as it is, after the word `interrupted`.
    """

    declare: Callable[[argparse.ArgumentParser], None]
    module: str
    interrupted: str = ""

    def load(self) -> Run:
        """Return what runs it."""
        module = importlib.import_module(f"{__package__}.{self.module}")
        return cast("Run", module.run)  # a test loads each


def _of_stage(parser: argparse.ArgumentParser, description: str) -> None:
    parser.description = description
    # No default: nothing touches a stage that was not named.
    parser.add_argument("stage", metavar="STAGE", help="dev, staging, production, or a personal one such as jane")


def _synth(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Write the templates of a stage, and what they deploy, to cdk.out/STAGE. Needs no AWS account.")


def _diff(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Show what deploying a stage would change.")


def _deploy(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Deploy a stage: check what is needed, show what changes, deploy, and ask /health.")
    parser.add_argument(
        "--replace",
        action="append",
        default=[],
        metavar="LOGICAL_ID",
        help="also where this resource, and its data, is replaced or deleted: the message that stopped the deployment "
        "names it; may be repeated",
    )


def _remove(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Remove a stage from AWS; says what is kept.")
    parser.add_argument(
        "--confirm", metavar="STAGE", help="the stage's name once more: staging and production want it, typed or here"
    )


def _bootstrap(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Prepare a stage's account and region, once: the CDK's own stack, and what all stages share.")


def _logs(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Follow the logs of a stage's functions, as they come. Ctrl-C ends.")
    parser.add_argument("function", nargs="?", metavar="FUNCTION", help="one function of the manifest; all by default")
    parser.add_argument("--since", default="10m", metavar="DURATION", help="how far back to begin: 30s, 10m, 2h, 1d")


def _watch(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Give the functions of a dev or personal stage new code whenever a source changes. Ctrl-C ends.")


def _tunnel(parser: argparse.ArgumentParser) -> None:
    _of_stage(parser, "Reach an engine of a stage from here, through its bastion. Ctrl-C ends.")
    parser.add_argument(
        "engine",
        nargs="?",
        default="postgres",
        choices=("postgres", "redis", "opensearch"),
        help="postgres by default; redis is for functions alone",
    )
    parser.add_argument(
        "--port", type=int, metavar="PORT", help="the port on this machine; one that is free by default"
    )
    parser.add_argument("--keep", action="store_true", help="leave a bastion running that was started for it")


_GOES_ON = ": CloudFormation goes on with what it has begun; run it again once that has ended"

COMMANDS: dict[str, Command] = {
    "synth": Command(_synth, "synth"),
    "diff": Command(_diff, "diff"),
    "deploy": Command(_deploy, "deploy", _GOES_ON),
    "remove": Command(_remove, "remove", _GOES_ON),
    "bootstrap": Command(_bootstrap, "bootstrap", _GOES_ON),
    "logs": Command(_logs, "logs"),
    "watch": Command(_watch, "watch"),
    "tunnel": Command(_tunnel, "tunnel"),
}
