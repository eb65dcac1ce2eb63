"""A TCP proxy on loopback that can be made to fail or to be slow while it runs, for fault tests and the bench."""

from .modes import Backlog, Forward, Garbage, Mode, Refuse, Silent
from .server import Proxy

__all__ = ["Backlog", "Forward", "Garbage", "Mode", "Proxy", "Refuse", "Silent"]
