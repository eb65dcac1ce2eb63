"""The names in the database that links and permissions are made of.

The first two are given when the instance is made: another value would be another instance, without the data.
"""

from typing import Final

DATABASE_NAME: Final = "mocs"
"""The database."""

MASTER_USER: Final = "mocstack_owner"
"""The master user, who owns the schema. RDS takes up to 16 characters, and no word that the engine keeps for itself."""

APP_USER: Final = "app"
"""The role of functions, which provisioning makes; the `role` of a `PostgresAccess`."""
