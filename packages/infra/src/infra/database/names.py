"""The names of the database and in it, which links, permissions and alarms are made of.

The instance's and the first two in it are given when it is made: others would be another instance, without the data.
"""

from typing import Final

from infra.stage import StageConfig

DATABASE_NAME: Final = "mocs"
"""The database."""

MASTER_USER: Final = "mocstack_owner"
"""The master user, who owns the schema. RDS takes up to 16 characters, and no word that the engine keeps for itself."""

APP_USER: Final = "app"
"""The role of functions, which provisioning makes; the `role` of a `PostgresAccess`."""


def instance_name(config: StageConfig) -> str:
    """Return the identifier of the instance: fixed, so that nothing can put an empty one in its place."""
    return config.own_name
