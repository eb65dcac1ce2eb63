"""The HTTP API of the local stage: API Gateway's HTTP API, payload format 2.0, on loopback."""

from .app import BODY_LIMIT, TIMEOUT, Gateway, Invoke
from .server import PortTakenError, serve

__all__ = ["BODY_LIMIT", "TIMEOUT", "Gateway", "Invoke", "PortTakenError", "serve"]
