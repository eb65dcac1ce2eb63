"""What the database refuses, in words, at the field that it is about."""

from collections.abc import Iterator, Mapping
from typing import Final

import psycopg
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import DBAPIError

from .columns import label, references
from .tables import Table

FORM: Final = "_form"
"""The name under which a form's error stands that is about no field."""

CHECKS: Final[Mapping[str, tuple[str, str]]] = {
    "ck_moc_instructions_type": ("type", "It is a moc or a set."),
    "ck_moc_instructions_moc_has_author": ("author", "A MOC has an author."),
    "ck_moc_instructions_set_has_brand": ("brand", "A set has a brand."),
    "ck_moc_instructions_release_year": ("release_year", "The year is 1950 or later."),
    "ck_moc_instructions_parts_count": ("parts_count", "The count is not negative."),
    "ck_moc_instructions_total_piece_count": ("total_piece_count", "The count is not negative."),
    "ck_moc_files_file_type": ("file_type", "It is one of the list."),
    "ck_moc_parts_lists_inventory_percentage": ("inventory_percentage", "The percentage lies between 0 and 100."),
    "ck_moc_parts_lists_total_parts_count": ("total_parts_count", "The count is not negative."),
    "ck_moc_parts_lists_acquired_parts_count": ("acquired_parts_count", "The count is not negative."),
    "ck_moc_parts_lists_cost_estimate": ("cost_estimate", "The amount is not negative."),
    "ck_moc_parts_lists_actual_cost": ("actual_cost", "The amount is not negative."),
}
"""What each check demands, and of which field."""

_REFUSED: Final = (
    psycopg.errors.DataError,  # a value that can't be stored
    psycopg.errors.ProgramLimitExceeded,  # a text that is too long for its index
)


def is_refusal(error: DBAPIError) -> bool:
    """Return whether it is the row that the database refuses, and not the work."""
    return isinstance(error.orig, _REFUSED)


def in_words(error: DBAPIError, table: Table) -> Iterator[tuple[str | int, str]]:
    """Return the fields of a form and what is wrong with them.

    Args:
        error: what the database said, of a row of the table.
        table: how the table is shown.
    """
    found = error.orig
    constraint = (found.diag.constraint_name if isinstance(found, psycopg.Error) else None) or ""
    match found:
        case psycopg.errors.UniqueViolation():
            yield from _taken(constraint, table)
        case psycopg.errors.CheckViolation():
            yield CHECKS.get(constraint, (FORM, f"The database's rule {constraint} does not allow this."))
        case psycopg.errors.NotNullViolation():
            yield _field(found.diag.column_name or FORM, table), "This field is required."
        case psycopg.errors.ForeignKeyViolation():
            yield _referring(constraint, table), "That row has been deleted meanwhile: choose another."
        case psycopg.errors.ProgramLimitExceeded():
            yield FORM, "A text is too long: the database indexes it, which takes some 2,700 bytes at most."
        case _:
            yield FORM, "The database can't store one of these values."


def _taken(constraint: str, table: Table) -> Iterator[tuple[str, str]]:
    columns = next((names for name, names in _unique(table.model.__table__) if name == constraint), ())
    names = [_field(column, table) for column in columns] or [FORM]
    labels = " and ".join([", ".join(map(label, names[:-1])), label(names[-1])] if names[1:] else map(label, names))
    yield names[-1], f"There is already {table.a_row} with this {labels}."


def _unique(table: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(table, SqlTable):
        for made in (*table.constraints, *table.indexes):
            if isinstance(made, UniqueConstraint) or (isinstance(made, Index) and made.unique):
                yield str(made.name), tuple(column.name for column in made.columns)


def _referring(constraint: str, table: Table) -> str:
    for column, relation in references(table.model).items():
        if f"_{column}" in constraint:
            return relation.key
    return FORM


def _field(column: str, table: Table) -> str:
    relation = references(table.model).get(column)
    return column if relation is None else relation.key
