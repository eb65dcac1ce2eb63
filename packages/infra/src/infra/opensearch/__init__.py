"""OpenSearch of a stage."""

from .opensearch import METHODS, OpenSearch, domain_name

__all__ = ["METHODS", "OpenSearch", "domain_name"]
