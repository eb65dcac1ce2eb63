"""What a stage is given, for a command; and that it is the stage that was meant."""

import argparse
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, cast

from core.errors import StageNameError
from core.settings import Purpose, StageSettings, check_stage, env_file_of, load

if TYPE_CHECKING:
    from pathlib import Path

_MEANT: Final[Mapping[str, str]] = {
    "develop": "dev",
    "development": "dev",
    "live": "production",
    "prd": "production",
    "prod": "production",
    "stage": "staging",
    "stg": "staging",
}
"""What people call the stages elsewhere. As a personal stage, each would be a dev stage that somebody trusts."""


def given(options: argparse.Namespace, purpose: Purpose) -> StageSettings:
    """Return the settings of the stage that the command line names.

    Raises:
        StageNameError: it is none that is deployed, or almost the name of another.
        SettingsError: something is missing or wrong.
    """
    root, stage = cast("Path", options.root), cast("str", options.stage)
    meant = _meant(check_stage(stage))
    if meant and not env_file_of(root, stage).is_file():
        raise StageNameError(
            stage,
            f"would be a personal stage, sized like dev: did you mean {meant!r}? If not, write stages/{stage}.env",
        )
    return load(stage, purpose=purpose, env_file=env_file_of(root, stage))


def described(stage: str) -> str:
    """Return a stage's name, and of a personal one that it is that."""
    return stage if stage in ("dev", "staging", "production") else f"{stage}, a personal stage, sized like dev"


def _meant(stage: str) -> str | None:
    """Return the stage that a name is almost, or is elsewhere the name of."""
    names = ("dev", "staging", "production")
    if stage in names:
        return None
    return _MEANT.get(stage) or next(iter(get_close_matches(stage, names, n=1, cutoff=0.8)), None)
