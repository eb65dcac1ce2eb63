"""What a function is declared as: its handler, routes, links with the access it needs, and its limits.

One declaration is read by infra (grants, environment, routes), by the local stage (the same, locally), by the
tests and by the documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .kinds import Bucket, OpenSearch, Postgres, Redis
from .links import Link

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API.

    Attributes:
        method: the HTTP method.
        path: the path, with parameters in braces: `/mocs/{id}`.
    """

    method: Method
    path: str


@dataclass(frozen=True, slots=True)
class PostgresAccess:
    """Access to a database, as the application (rows) or as the owner (schema)."""

    link: Link[Postgres]
    role: Literal["app", "owner"] = "app"


@dataclass(frozen=True, slots=True)
class RedisAccess:
    """Access to a cache as one of its ACL users."""

    link: Link[Redis]
    user: Literal["app"] = "app"


@dataclass(frozen=True, slots=True)
class OpenSearchAccess:
    """Access to a search domain: its health always, and the named indexes.

    Attributes:
        read: indexes that may be searched.
        write: indexes whose documents may be written and deleted.
    """

    link: Link[OpenSearch]
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """Access to objects, by key prefix."""

    link: Link[Bucket]
    get: tuple[str, ...] = ()
    put: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()


Access = PostgresAccess | RedisAccess | OpenSearchAccess | BucketAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Lambda function.

    Attributes:
        name: lower-case name, unique in the manifest.
        handler: dotted path of the handler: `functions.health.handler.handler`.
        description: what it is for, in one line.
        links: the resources it reaches, and how.
        routes: the routes of the HTTP API that it answers.
        extra: the optional dependencies of the functions package that its bundle carries.
        memory: megabytes.
        timeout: seconds.
        environment: further variables, none of them secret.
    """

    name: str
    handler: str
    description: str
    links: tuple[Access, ...] = ()
    routes: tuple[Route, ...] = ()
    extra: str | None = None
    memory: int = 512
    timeout: int = 10
    environment: Mapping[str, str] | None = None
