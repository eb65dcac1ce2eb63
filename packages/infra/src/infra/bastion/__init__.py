"""The bastion of a stage, through which a laptop reaches the proxy and OpenSearch."""

from .bastion import Bastion

__all__ = ["Bastion"]
