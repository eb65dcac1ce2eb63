"""`watch`: the code loop of a dev stage. What is changed in a source runs on AWS seconds later."""

import argparse
from collections.abc import Callable, Iterable, Mapping

from core.sdk import aws_errors
from infra.bundle import Bundle, BundleError
from infra.errors import InfraError
from infra.hotswap import CODE_ACTIONS, swap

from .alone import alone
from .assembling import build_bundles
from .given import given
from .screen import Say, say
from .signing_in import Work, signed_in

_SOURCES = ("core", "db", "functions")
"""The packages that bundles are made of."""


class NotForReleasesError(InfraError):
    """A stage that people rely on gets code by deployments alone.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str) -> None:
        super().__init__(
            f"watch is for dev and personal stages: {stage!r} gets its code by `nox -s deploy -- {stage}`, which "
            "can be rolled back"
        )
        self.stage = stage


def run(options: argparse.Namespace) -> int:
    """Update the functions of a dev stage whenever a source changes, until Ctrl-C; return the exit code.

    Raises:
        NotForReleasesError: the stage is staging or production.
    """
    settings = given(options, "synth")
    if settings.sizing != "dev":
        raise NotForReleasesError(settings.stage)
    from watchfiles import watch  # noqa: PLC0415  # what is refused needs no watcher

    work = signed_in(options, "watch", say)
    folders = [work.root / "packages" / name / "src" for name in _SOURCES]
    with alone(work.root, work.config.name):
        try:
            follow(work, lambda: build_bundles(work.root, say), watch(*folders), say)
        except KeyboardInterrupt:
            say(f"the functions keep this code until `nox -s deploy -- {work.config.name}`")
    return 0


def follow(work: Work, build: Callable[[], Mapping[str, Bundle]], changes: Iterable[object], write: Say) -> None:
    """Bring the functions to the sources now, and after each change.

    A source that can't be built is said, and the next change tried; what AWS refuses ends it.

    Raises:
        AwsError: AWS is not reached or refuses.
        NotDeployedError: the stage has no such function.
    """
    _update(work, build, write)
    write("watching packages/{core,db,functions}/src; Ctrl-C ends")
    for _ in changes:
        _update(work, build, write)


def _update(work: Work, build: Callable[[], Mapping[str, Bundle]], write: Say) -> None:
    try:
        bundles = build()
    except BundleError as error:
        write(f"error: {error}")
        return
    with aws_errors(f"the functions of {work.config.name} can't be updated", needs=CODE_ACTIONS):
        swap(work.config, bundles, work.clients, write)
