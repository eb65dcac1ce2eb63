"""OpenSearch of a stage."""

from .names import domain_name
from .opensearch import METHODS, OpenSearch

__all__ = ["METHODS", "OpenSearch", "domain_name"]
