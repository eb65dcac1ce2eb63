"""The names of stages."""

import re
from typing import Literal

from .errors import StageNameError

LOCAL = "local"
"""The stage on a laptop."""

Sizing = Literal["dev", "staging", "production"]
"""How large a stage's resources are."""

SIZINGS: tuple[Sizing, ...] = ("dev", "staging", "production")

_MAX_LENGTH = 16
_NAME = re.compile(r"[a-z](-?[a-z0-9]){1,15}")


def check_stage(stage: str) -> str:
    """Return the name of a stage if it is one.

    Raises:
        StageNameError: it is not; names of AWS resources hold it, and the shortest of them leave room for 16.
    """
    if len(stage) > _MAX_LENGTH or not _NAME.fullmatch(stage):
        raise StageNameError(
            stage,
            f"is no name of a stage: 2 to {_MAX_LENGTH} lower-case letters, digits and single hyphens between them, "
            "the first a letter",
        )
    return stage


def sizing_of(stage: str) -> Sizing:
    """Return how large a stage is: each but `staging` and `production` is like `dev`."""
    return stage if stage in ("staging", "production") else "dev"
