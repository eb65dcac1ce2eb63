"""The links of the application: the one place where a link is added."""

from typing import Any, cast

from .kinds import Bucket, OpenSearch, Postgres, Redis
from .links import Link


class Resources:
    """Every link that a function can have. `Resource` is the one instance of it."""

    MyPostgres = Link(Postgres)
    """The application's database."""
    MyRedis = Link(Redis)
    """The cache."""
    MyOpenSearch = Link(OpenSearch)
    """Search."""
    MyBucket = Link(Bucket)
    """The files."""

    @classmethod
    def declared(cls) -> tuple[Link[Any], ...]:
        """Return every declared link, in the order of declaration."""
        members = cast("dict[str, object]", vars(cls))  # a class namespace has no more exact type
        return tuple(cast("Link[Any]", value) for value in members.values() if isinstance(value, Link))


Resource = Resources()
"""The links of this function: `Resource.MyPostgres.host`."""
