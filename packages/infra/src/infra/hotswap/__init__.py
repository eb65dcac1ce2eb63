"""New code for the functions of a dev stage, without a deployment."""

from .settle import settle
from .swap import CODE_ACTIONS, swap

__all__ = ["CODE_ACTIONS", "settle", "swap"]
