"""New code for the functions of a dev stage, without a deployment."""

from .swap import swap

__all__ = ["swap"]
