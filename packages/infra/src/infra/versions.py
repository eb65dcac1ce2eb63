"""The versions of the engines on AWS: what the templates ask for, and what a preflight looks for in the region."""

from typing import Final

POSTGRES: Final = "15.18"
"""Of RDS; of 15 only 15.13 and later can be created."""
REDIS: Final = "7.1"
"""Of ElastiCache."""
OPENSEARCH: Final = "2.19"
"""Of OpenSearch Service."""


def major(version: str) -> str:
    """Return the major version, which parameter groups are for: `15` of `15.18`."""
    return version.partition(".")[0]
