"""`logs`: the logs of a stage's functions, followed until Ctrl-C."""

import argparse
import re
import time
from collections.abc import Sequence
from typing import Final

from core.sdk import aws_errors
from functions.manifest import FUNCTIONS, PROVISION
from infra.errors import InfraError
from infra.log_group_names import function_log
from infra.logs import Tail, readable

from .screen import Say, say
from .signing_in import Work, signed_in

_INTERVAL: Final = 2.0
"""Seconds between two looks at the logs: CloudWatch Logs takes 5 requests of this kind a second (its quota)."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class UnknownFunctionError(InfraError):
    """The manifest has no such function.

    Attributes:
        function: the name.
    """

    def __init__(self, function: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no function {function!r}: it is one of {', '.join(known)}")
        self.function = function


class DurationError(InfraError):
    """A time is not in the form that is wanted."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no duration: a number and s, m, h or d, as in 10m")


def run(options: argparse.Namespace) -> int:
    """Show the logs of a stage's functions, or of one, until Ctrl-C; return the exit code."""
    names, seconds = chosen(options.function), duration(options.since)
    work = signed_in(options, "logs", say)
    since = int((time.time() - seconds) * 1000)
    tails = [_tail(work, name, since) for name in names]
    say(f"following {', '.join(names)}; Ctrl-C ends")
    try:
        with aws_errors(f"the logs of {work.config.name} can't be followed", needs=("logs:FilterLogEvents",)):
            while True:
                show(tails, say)
                time.sleep(_INTERVAL)
    except KeyboardInterrupt:
        return 0


def chosen(function: str | None) -> list[str]:
    """Return the names of the functions to follow: one, or all of the manifest and the one that provisions.

    Raises:
        UnknownFunctionError: the manifest has no such function.
    """
    known = [known.name for known in (*FUNCTIONS, PROVISION)]
    if function is None:
        return known
    if function not in known:
        raise UnknownFunctionError(function, known)
    return [function]


def duration(text: str) -> int:
    """Return the seconds of a duration such as `10m`.

    Raises:
        DurationError: it is none.
    """
    match = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if match is None:
        raise DurationError(text)
    return int(match[1]) * _UNITS[match[2]]


def show(tails: Sequence[Tail], write: Say) -> None:
    """Write what is new, of all functions in the order of time."""
    for event in sorted(event for tail in tails for event in tail.new()):
        line = readable(event)
        if line:
            write(line)


def _tail(work: Work, function: str, since: int) -> Tail:
    # The group's name is Lambda's own choice for the function; the templates make it before Lambda does.
    group = function_log(work.config, function)
    return Tail(work.clients, stage=work.config.name, function=function, group=group, since=since)
