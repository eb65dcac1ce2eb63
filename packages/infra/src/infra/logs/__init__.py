"""The logs of a stage's functions, as they come."""

from .lines import readable
from .tail import Event, Tail

__all__ = ["Event", "Tail", "readable"]
