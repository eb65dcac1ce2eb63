"""How large a stage is."""

from typing import Literal

Sizing = Literal["dev", "staging", "production"]
"""How large a stage's resources are."""

SIZINGS: tuple[Sizing, ...] = ("dev", "staging", "production")


def sizing_of(stage: str) -> Sizing:
    """Return how large a stage is: each but `staging` and `production` is like `dev`."""
    return stage if stage in ("staging", "production") else "dev"
