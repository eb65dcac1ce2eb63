"""Links on AWS: what a function is given to find its resources, and what its role may do with them."""

from .links import CLIENT, Links, UnprovidedLinkError

__all__ = ["CLIENT", "Links", "UnprovidedLinkError"]
