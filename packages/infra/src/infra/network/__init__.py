"""The network of a stage: addresses, zones, gateways, and who may reach whom."""

from .network import Network
from .reach import Groups

__all__ = ["Groups", "Network"]
