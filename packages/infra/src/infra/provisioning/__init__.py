"""Provisioning: what a deployment applies inside of the engines, before anything uses them."""

from .provisioning import Provisioning
from .role import ProvisionRole

__all__ = ["ProvisionRole", "Provisioning"]
