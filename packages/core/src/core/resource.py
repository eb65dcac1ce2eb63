"""The links of the application: the one place where a link is added."""

from typing import Any, cast

from .kinds import Bucket, OpenSearch, Postgres, Redis
from .links import Link, LinkTo


class Resources:
    """Every link that a function can have. `Resource` is the one instance of it."""

    MyPostgres = LinkTo(Postgres)
    """The application's database."""
    MyRedis = LinkTo(Redis)
    """The cache."""
    MyOpenSearch = LinkTo(OpenSearch)
    """Search."""
    MyBucket = LinkTo(Bucket)
    """The files."""

    @classmethod
    def declared(cls) -> tuple[Link[Any], ...]:
        """Return every declared link, in the order of declaration."""
        members = cast("dict[str, object]", vars(cls))  # a class namespace has no more exact type
        return tuple(cast("LinkTo[Any]", value).link for value in members.values() if isinstance(value, LinkTo))


Resource = Resources()
"""The links of this function: `Resource.MyPostgres.host`."""
