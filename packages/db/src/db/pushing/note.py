"""The note in a database that the models were pushed to it: a comment on Alembic's own table."""

from typing import Final

NOTE: Final = "The models were pushed here: `nox -s push`."
SET_NOTE: Final = f"COMMENT ON TABLE alembic_version IS '{NOTE}'"
CLEAR_NOTE: Final = "COMMENT ON TABLE alembic_version IS NULL"
READ_NOTE: Final = "SELECT obj_description(to_regclass('public.alembic_version'), 'pg_class')"
