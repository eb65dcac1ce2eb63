"""What the links of the manifest become: variables of a function's environment, and statements of its role."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from core import Resources
from core.manifest import Access, BucketAccess, Function, OpenSearchAccess, PostgresAccess, RedisAccess
from infra.errors import InfraError
from infra.stage import StageConfig

from . import permissions, values

if TYPE_CHECKING:
    from infra.stacks.exports import Exports

CLIENT: Final[tuple[Access, ...]] = (
    PostgresAccess(Resources.MyPostgres),
    RedisAccess(Resources.MyRedis),
    OpenSearchAccess(Resources.MyOpenSearch),
    BucketAccess(Resources.MyBucket),
)
"""Every declared link, as the application has it: what is told of a stage to whoever works with it."""


class UnprovidedLinkError(InfraError):
    """A function has a link that no resource of the foundation is behind.

    Attributes:
        link: the link's name.
    """

    def __init__(self, link: str) -> None:
        super().__init__(
            f"no resource is behind the link {link}: the foundation has to export one, and infra.links to use it"
        )
        self.link = link


class Links:
    """The links of a stage, for the functions of one stack."""

    def __init__(self, scope: Construct, *, config: StageConfig, exports: "Exports") -> None:
        self._stack = Stack.of(scope)
        self._config = config
        self._exports = exports

    def environment(self, *links: Access) -> dict[str, str]:
        """Return the variables that give a function its links.

        Raises:
            UnprovidedLinkError: the foundation has nothing for one of them.
        """
        return {name: value for access in links for name, value in self._variables(access).items()}

    def statements(self, function: Function) -> list[iam.PolicyStatement]:
        """Return what the role of a function is allowed by its links: that, and nothing else.

        Raises:
            UnprovidedLinkError: the foundation has nothing for one of them.
        """
        return [statement for access in function.links for statement in self._statements(access)]

    def _variables(self, access: Access) -> dict[str, str]:
        config, exports = self._config, self._exports
        match access:
            case PostgresAccess(Resources.MyPostgres as link, role):
                return link.encode(values.postgres(config, exports, role))
            case RedisAccess(Resources.MyRedis as link):
                return link.encode(values.redis(config, exports))
            case OpenSearchAccess(Resources.MyOpenSearch as link):
                return link.encode(values.opensearch(config, exports))
            case BucketAccess(Resources.MyBucket as link):
                return link.encode(values.bucket(config, exports))
            case _:
                raise UnprovidedLinkError(access.link.name)

    def _statements(self, access: Access) -> Iterator[iam.PolicyStatement]:
        exports = self._exports
        match access:
            case PostgresAccess(role=role):
                yield permissions.connect_to_postgres(self._database_user(values.postgres_user(role)))
            case RedisAccess():
                yield permissions.connect_to_redis(exports.redis_arn, exports.redis_user_arn)
            case OpenSearchAccess():
                yield from permissions.use_opensearch(exports.opensearch_arn, access)
            case BucketAccess():
                yield from permissions.use_bucket(exports.bucket_arn, access)

    def _database_user(self, user: str) -> str:
        return self._stack.format_arn(
            service="rds-db",
            resource="dbuser",
            resource_name=f"{self._exports.proxy_id}/{user}",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
