"""The HTTP API of a stage: the routes of the manifest."""

from .api import Api

__all__ = ["Api"]
