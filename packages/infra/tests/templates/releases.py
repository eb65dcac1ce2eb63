"""What is synthesized under which name: a stage, the functions on it, and whose bundle is another than before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from core import Link, Postgres
from core.manifest import Function, PostgresAccess
from functions.manifest import FUNCTIONS, PROVISION
from infra.stage import StageConfig

from .manifest import ALONE, MADE_UP, READER, WRITER
from .variants import VARIANTS, changes, variants


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A stage and what runs on it.

    Attributes:
        config: the stage.
        manifest: the functions; those of the application, where nothing else is said.
        changed: the function whose bundle has other contents than in every other release, if any.
    """

    config: StageConfig
    manifest: tuple[Function, ...] = FUNCTIONS
    changed: str | None = None


MADE: Final = ("made-dev", "made-production", "made-personal")
"""The stages that have the functions of the manifest that was made up."""
BESIDES: Final = (
    "made-dev-fewer",
    "made-dev-other-code",
    "dev-other-code",
    *(f"dev-without-{f.name}" for f in FUNCTIONS),
)
"""What is compared with the releases that every check runs on: other code, or a function less."""
_REFUSED: Final[Mapping[str, Function]] = {
    "refused-name": replace(ALONE, name="a-name-that-is-too-long-for-lambda-to-take"),
    "refused-timeout": replace(READER, timeout=30),
    "refused-link": replace(ALONE, links=(PostgresAccess(Link(Postgres, "OtherPostgres")),)),
}
REFUSED: Final = tuple(_REFUSED)
"""Releases of one function that can't be deployed."""

RELEASES: Final = (*VARIANTS, *MADE, *BESIDES, *REFUSED)
"""Everything that is synthesized together, once a run."""


def content_of(function: str, *, changed: bool = False) -> str:
    """Return the text of the one file that stands for the bundle of a function: a template holds its hash alone."""
    return f"# stands for the bundle of {function}{', changed' if changed else ''}\n"


@cache
def releases() -> Mapping[str, Release]:
    """Return what can be synthesized, by the names of `RELEASES` and `changes`."""
    stages = {**variants(), **changes()}
    return {**{name: Release(config=config) for name, config in stages.items()}, **dict(_others(variants()))}


def _others(stages: Mapping[str, StageConfig]) -> Iterator[tuple[str, Release]]:
    for name in MADE:
        yield name, Release(config=stages[name.removeprefix("made-")], manifest=MADE_UP)
    dev = Release(config=stages["dev"])
    made = replace(dev, manifest=MADE_UP)
    yield "made-dev-fewer", replace(made, manifest=_without(WRITER, MADE_UP))
    yield "made-dev-other-code", replace(made, changed=PROVISION.name)
    yield "dev-other-code", replace(dev, changed=PROVISION.name)
    for function in FUNCTIONS:
        yield f"dev-without-{function.name}", replace(dev, manifest=_without(function, FUNCTIONS))
    for name, function in _REFUSED.items():
        yield name, Release(config=stages["personal"], manifest=(function,))


def _without(gone: Function, manifest: tuple[Function, ...]) -> tuple[Function, ...]:
    return tuple(function for function in manifest if function is not gone)
