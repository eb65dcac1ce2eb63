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

PROVISION = Function(
    name="provision",
    handler="functions.provision.handler.handler",
    description="Applies what lives inside of the engines: roles, migrations, search roles.",
    links=(
        PostgresAccess(Resources.MyPostgres, role="owner"),
        RedisAccess(Resources.MyRedis),
        OpenSearchAccess(Resources.MyOpenSearch),
    ),
    extra="provision",
    memory=1024,
    # Below the 15 minutes of the framework that CloudFormation calls it by, so that there is time to answer.
    timeout=600,
)
"""Run by the deployment before anything uses the engines; it is none of the application's functions."""

FUNCTIONS: tuple[Function, ...] = (HEALTH,)
