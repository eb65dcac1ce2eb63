"""The links of a stage: the classes of `core.kinds`, filled with the foundation's exports.

An export is a token, a text that the CDK replaces by `Fn::ImportValue` wherever it finds it, here in the middle of a
link's JSON. What a link checks of its fields holds for tokens too, or synthesis fails: none of it is read otherwise.
"""

from typing import TYPE_CHECKING, Literal

from core import Bucket, Iam, OpenSearch, Postgres, Redis
from infra.bundle import ROOTS_FILE
from infra.database import APP_USER, DATABASE_NAME, MASTER_USER
from infra.network.reach import HTTPS_PORT, POSTGRES_PORT, REDIS_PORT
from infra.redis import app_user, replication_group
from infra.stage import StageConfig

if TYPE_CHECKING:
    from infra.stacks.exports import Exports


def postgres_user(role: Literal["app", "owner"]) -> str:
    """Return the database role of an access; the owner of the schema is the master."""
    return MASTER_USER if role == "owner" else APP_USER


def postgres(config: StageConfig, exports: "Exports", role: Literal["app", "owner"]) -> Postgres:
    """Return the link to the database, through RDS Proxy."""
    return Postgres(
        host=exports.proxy_host,
        port=POSTGRES_PORT,
        database=DATABASE_NAME,
        user=postgres_user(role),
        auth=Iam(),
        region=config.region,
        ca_file=ROOTS_FILE,
    )


def redis(config: StageConfig, exports: "Exports") -> Redis:
    """Return the link to the cache; it says whether that is a cluster."""
    return Redis(
        host=exports.redis_host,
        port=REDIS_PORT,
        user=app_user(config),
        auth=Iam(),
        region=config.region,
        cluster=config.shape.redis_clustered,
        replication_group=replication_group(config),
        ca_file=ROOTS_FILE,
    )


def opensearch(config: StageConfig, exports: "Exports") -> OpenSearch:
    """Return the link to the search domain."""
    return OpenSearch(
        host=exports.opensearch_host, port=HTTPS_PORT, auth=Iam(), region=config.region, ca_file=ROOTS_FILE
    )


def bucket(config: StageConfig, exports: "Exports") -> Bucket:
    """Return the link to the files."""
    return Bucket(name=exports.bucket_name, region=config.region)
