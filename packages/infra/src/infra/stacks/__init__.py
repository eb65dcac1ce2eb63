"""The two stacks of a stage, in the order in which they are deployed."""

from .application import ApplicationStack
from .foundation import FoundationStack

__all__ = ["ApplicationStack", "FoundationStack"]
