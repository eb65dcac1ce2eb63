"""Mistakes that somebody could make, each with the check that has to see it."""

from .case import Case
from .database import DATABASE
from .engines import ENGINES
from .network import NETWORK
from .permissions import PERMISSIONS
from .serving import SERVING
from .stacks import REFUSED, STACKS

__all__ = ["DATABASE", "ENGINES", "NETWORK", "PERMISSIONS", "REFUSED", "SERVING", "STACKS", "Case"]
