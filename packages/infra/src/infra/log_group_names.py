"""The names of a stage's log groups, for tools that look for them without making templates.

A test holds them against the templates.
"""

from collections.abc import Iterator
from typing import Final

from core.names import Part
from functions.manifest import FUNCTIONS, PROVISION

from .stage import StageConfig

PARTS: Final[tuple[Part, ...]] = ("foundation", "application")
"""The stacks of a stage, in the order in which they are made."""
_DATABASE_LOGS: Final = ("postgresql", "upgrade", "iam-db-auth-error")
_VENDED: Final = {
    "foundation": (
        *("flows", "opensearch-slow-searches", "opensearch-slow-indexing", "opensearch-errors"),
        *("redis-slow-log", "redis-engine-log"),
    ),
    "application": ("api",),
}
_FRAMEWORK: Final = "provision-framework"


def log_groups(config: StageConfig, part: Part) -> Iterator[str]:
    """Yield the names of the log groups of one of the stage's stacks.

    Whole names, and no prefix: the stages `jane` and `jane-2` may both be there.
    """
    yield from (f"/aws/vendedlogs/{config.named(name)}" for name in _VENDED[part])
    if part == "foundation":
        yield from (f"/aws/rds/instance/{config.own_name}/{log}" for log in _DATABASE_LOGS)
        yield f"/aws/rds/proxy/{config.named('proxy')}"
    else:
        names = (*(function.name for function in (*FUNCTIONS, PROVISION)), _FRAMEWORK)
        yield from (f"/aws/lambda/{config.named(name)}" for name in names)
