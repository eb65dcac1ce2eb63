"""The code that the functions of a local stage run: generations of it, a new one at each change of the sources."""

from .errors import CodeError, SourceError
from .generations import Generations
from .reloader import Failed, OnReload, Polling, Reloaded, Reloader

__all__ = ["CodeError", "Failed", "Generations", "OnReload", "Polling", "Reloaded", "Reloader", "SourceError"]
