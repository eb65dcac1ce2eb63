"""Every function of the application. Infra, the local stage, the tests and the docs read this list."""

from core import Resources
from core.manifest import Function, OpenSearchAccess, PostgresAccess, RedisAccess, Route

HEALTH = Function(
    name="health",
    handler="functions.health.handler.handler",
    description="Proves that the stage is connected: PostgreSQL, Redis and OpenSearch.",
    links=(
        PostgresAccess(Resources.MyPostgres),
        RedisAccess(Resources.MyRedis),
        OpenSearchAccess(Resources.MyOpenSearch),
    ),
    routes=(Route("GET", "/health"),),
    extra="health",
)

FUNCTIONS: tuple[Function, ...] = (HEALTH,)
