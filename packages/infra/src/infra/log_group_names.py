"""The names of a stage's log groups: what makes them takes them from here, and what looks for them without templates.

A test holds the list of them against the templates.
"""

from collections.abc import Iterator
from typing import Final

from core.names import Part
from functions.manifest import FUNCTIONS, PROVISION

from .stage import StageConfig

PARTS: Final[tuple[Part, ...]] = ("foundation", "application")
"""The stacks of a stage, in the order in which they are made."""
VENDED: Final = "/aws/vendedlogs"
"""Where AWS services write without a resource policy for each group: CloudWatch allows ten in a region, fixed."""
DATABASE_LOGS: Final = ("postgresql", "upgrade", "iam-db-auth-error")
"""The logs of PostgreSQL that go to CloudWatch; the last says why a token was refused."""
FRAMEWORK: Final = "provision-framework"
"""What the framework that runs provisioning is called among the functions of a stage."""

_VENDED: Final = {
    "foundation": (
        *("flows", "opensearch-slow-searches", "opensearch-slow-indexing", "opensearch-errors"),
        *("redis-slow-log", "redis-engine-log"),
    ),
    "application": ("api",),
}


def vended(config: StageConfig, name: str) -> str:
    """Return the name of a group that an AWS service writes to wherever it is told to."""
    return f"{VENDED}/{config.named(name)}"


def database_log(config: StageConfig, log: str) -> str:
    """Return the name of the group that RDS writes a log of the instance to."""
    return f"/aws/rds/instance/{config.own_name}/{log}"


def proxy_log(config: StageConfig) -> str:
    """Return the name of the group that RDS Proxy writes to."""
    return f"/aws/rds/proxy/{config.named('proxy')}"


def function_log(config: StageConfig, function: str) -> str:
    """Return the name of a function's group: the one that Lambda would make by itself, without retention."""
    return f"/aws/lambda/{config.named(function)}"


def log_groups(config: StageConfig, part: Part) -> Iterator[str]:
    """Yield the names of the log groups of one of the stage's stacks.

    Whole names, and no prefix: the stages `jane` and `jane-2` may both be there.
    """
    yield from (vended(config, name) for name in _VENDED[part])
    if part == "foundation":
        yield from (database_log(config, log) for log in DATABASE_LOGS)
        yield proxy_log(config)
    else:
        names = (*(function.name for function in (*FUNCTIONS, PROVISION)), FRAMEWORK)
        yield from (function_log(config, name) for name in names)
