"""Forwarding a port of this machine through the bastion, by Session Manager."""

from .bastion import running_bastion
from .errors import BastionNotReadyError, NoBastionError, PluginError, UnreachableEngineError
from .plugin import Plugin, find_plugin
from .session import Forward, open_session
from .targets import Target, target

__all__ = [
    "BastionNotReadyError",
    "Forward",
    "NoBastionError",
    "Plugin",
    "PluginError",
    "Target",
    "UnreachableEngineError",
    "find_plugin",
    "open_session",
    "running_bastion",
    "target",
]
