"""Triggers that keep the time of a row's last change, for raw SQL as for the models."""

from typing import Final

from sqlalchemy import DDL, Table, event

from .schema import Base

_FUNCTION: Final = """\
CREATE OR REPLACE FUNCTION touch_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.{column} := now();
  RETURN NEW;
END
$$"""
_TRIGGER: Final = """\
CREATE TRIGGER touch_{column} BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION touch_{column}()"""


def touch(model: type[Base], column: str) -> None:
    """Keep a column of a model's table at the time of the last change.

    Args:
        model: the model.
        column: the column: `updated_at`, `last_updated_at`.
    """
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table's model")
    # A `%` would be the mark of a parameter in DDL: there is none in these.
    event.listen(Base.metadata, "before_create", DDL(_FUNCTION.format(column=column)))
    event.listen(table, "after_create", DDL(_TRIGGER.format(column=column, table=table.name)))
    event.listen(Base.metadata, "after_drop", DDL(f"DROP FUNCTION IF EXISTS touch_{column}()"))
