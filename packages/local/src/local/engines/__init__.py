"""The engines of a stage: PostgreSQL, Redis, OpenSearch and S3, each a real server on loopback."""

from .account import Account, engine_account
from .engine import Definition, Engine, Register
from .errors import (
    EngineError,
    EngineFailedError,
    EngineFolderError,
    EnginePortError,
    EngineTimeoutError,
    PgBouncerMissingError,
)
from .memory import Memory
from .opensearch import OpenSearchServer, Security
from .pgbouncer import PgBouncer, find_pgbouncer
from .postgres import POSTGRES_ROLES, PostgresRole, PostgresServer
from .probes import is_free
from .processes import Identity
from .redis import REDIS_USERS, RedisServer, RedisUser
from .s3 import S3Server
from .site import EngineName, Site

__all__ = [
    "POSTGRES_ROLES",
    "REDIS_USERS",
    "Account",
    "Definition",
    "Engine",
    "EngineError",
    "EngineFailedError",
    "EngineFolderError",
    "EngineName",
    "EnginePortError",
    "EngineTimeoutError",
    "Identity",
    "Memory",
    "OpenSearchServer",
    "PgBouncer",
    "PgBouncerMissingError",
    "PostgresRole",
    "PostgresServer",
    "RedisServer",
    "RedisUser",
    "Register",
    "S3Server",
    "Security",
    "Site",
    "engine_account",
    "find_pgbouncer",
    "is_free",
]
