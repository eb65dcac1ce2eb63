"""The links of a stage: core's classes with local values, which give a function what its manifest declares."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.auth import Iam, PasswordFile
from core.kinds import Bucket, OpenSearch, Postgres, Redis
from core.links import Link
from core.manifest import Access, BucketAccess, OpenSearchAccess, PostgresAccess, RedisAccess
from local.aws import REGION
from local.engines import EngineName, PostgresRole, RedisUser

from .passwords import Passwords

HOST = "127.0.0.1"
"""Where every engine listens."""


def database_name(link: Link[Postgres]) -> str:
    """Return the name of the database behind a link: `my_postgres` for `MyPostgres`."""
    return _words(link).replace(" ", "_")


def bucket_name(link: Link[Bucket]) -> str:
    """Return the name of the bucket behind a link: `my-bucket` for `MyBucket`."""
    return _words(link).replace(" ", "-")


def _words(link: Link[Any]) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", link.name).lower()


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of a stage.

    Attributes:
        ports: the port of each engine.
        passwords: the files of their users' passwords.
    """

    ports: dict[EngineName, int]
    passwords: Passwords

    def of(self, access: Access) -> dict[str, str]:
        """Return the environment that gives a function one link with the access that it declares."""
        match access:
            case PostgresAccess(link, role):
                return link.encode(self.postgres(link, role))
            case RedisAccess(link, user):
                return link.encode(self.redis(user))
            case OpenSearchAccess(link):
                return link.encode(self.opensearch())
            case BucketAccess(link):
                return link.encode(self.bucket(link))

    def as_app(self, link: Link[Any]) -> dict[str, str]:
        """Return the environment that gives the access of the application to one link.

        Raises:
            TypeError: the local stage has no engine for a link of that kind.
        """
        if link.kind is Postgres:
            return self.of(PostgresAccess(link))
        if link.kind is Redis:
            return self.of(RedisAccess(link))
        if link.kind is OpenSearch:
            return self.of(OpenSearchAccess(link))
        if link.kind is Bucket:
            return self.of(BucketAccess(link))
        raise TypeError(f"the local stage has no engine for {link}: add one in local/stage/links.py")

    def postgres(self, link: Link[Postgres], role: PostgresRole) -> Postgres:
        """Return the database of a link, as one of PostgreSQL's roles."""
        return Postgres(
            host=HOST,
            port=self.ports["postgres"],
            database=database_name(link),
            user=role,
            auth=_auth(self.passwords.postgres_file(role)),
            region=REGION,
        )

    def redis(self, user: RedisUser) -> Redis:
        """Return the cache, as one of its users."""
        return Redis(
            host=HOST,
            port=self.ports["redis"],
            user=user,
            auth=_auth(self.passwords.redis_file(user)),
            region=REGION,
        )

    def opensearch(self) -> OpenSearch:
        """Return the search engine: functions sign their requests as on AWS."""
        return OpenSearch(host=HOST, port=self.ports["opensearch"], auth=Iam(), region=REGION)

    def bucket(self, link: Link[Bucket]) -> Bucket:
        """Return the bucket of a link."""
        return Bucket(name=bucket_name(link), region=REGION, endpoint=f"http://{HOST}:{self.ports['s3']}")


def _auth(file: Path) -> PasswordFile:
    return PasswordFile(str(file))
