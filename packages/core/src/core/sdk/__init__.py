"""The AWS SDK as the project's tools use it: clients whose waits are bounded, and one tree of errors.

Needs the extra `core[sdk]`. It is for programs on a laptop or in CI; functions sign their requests with
`core.signing`, which is lean.
"""

from .clients import Clients
from .errors import (
    AccessDeniedError,
    AwsError,
    MisconfiguredError,
    NotSignedInError,
    ProfileMissingError,
    RefusedError,
    RegionMissingError,
    UnreachableError,
)
from .mapping import aws_errors, error_code

__all__ = [
    "AccessDeniedError",
    "AwsError",
    "Clients",
    "MisconfiguredError",
    "NotSignedInError",
    "ProfileMissingError",
    "RefusedError",
    "RegionMissingError",
    "UnreachableError",
    "aws_errors",
    "error_code",
]
