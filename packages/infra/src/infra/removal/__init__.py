"""Removing a stage: what goes and what stays, and what would stop CloudFormation half-way."""

from .buckets import empty_bucket
from .errors import InterfacesLeftError, ProtectionLeftError, RemovalError
from .interfaces import await_interfaces
from .plan import Fate, Resource, plan
from .protections import lift_protections
from .snapshots import final_snapshots

__all__ = [
    "Fate",
    "InterfacesLeftError",
    "ProtectionLeftError",
    "RemovalError",
    "Resource",
    "await_interfaces",
    "empty_bucket",
    "final_snapshots",
    "lift_protections",
    "plan",
]
