"""The migrations: Alembic's environment, and a file for each revision under `versions`. `db.migrating` runs them."""
