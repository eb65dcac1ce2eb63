"""Typed resource links, connections and health checks for Lambda functions.

`from core import Resource`, then `Resource.MyPostgres.host`. Importing this package loads no driver.
"""

from .auth import Anonymous, Iam, PasswordFile
from .errors import (
    ConnectionFailedError,
    CoreError,
    DeadlineExceededError,
    LinkError,
    MalformedLinkError,
    MissingLinkError,
)
from .kinds import Bucket, OpenSearch, Postgres, Redis
from .links import Link
from .resource import Resource, Resources

__all__ = [
    "Anonymous",
    "Bucket",
    "ConnectionFailedError",
    "CoreError",
    "DeadlineExceededError",
    "Iam",
    "Link",
    "LinkError",
    "MalformedLinkError",
    "MissingLinkError",
    "OpenSearch",
    "PasswordFile",
    "Postgres",
    "Redis",
    "Resource",
    "Resources",
]
