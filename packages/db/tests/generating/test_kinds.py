"""Every kind of change to the models becomes a revision that does it, and takes it back."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DefaultClause,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.schema import conv

from core import Postgres
from db.comparing import Catalog, differences
from db.generating import Generated, generate
from db.migrating import downgrade, upgrade
from db.models import Base

pytestmark = pytest.mark.engines

Change = Callable[[MetaData], object]


def replace_index(models: MetaData, table: str, name: str, *columns: str, where: str | None = None) -> None:
    """Put an index of the same name in the place of another."""
    own = models.tables[table]
    own.indexes.remove(next(index for index in own.indexes if index.name == name))
    Index(name, *(own.c[column] for column in columns), postgresql_where=None if where is None else text(where))


def replace_constraint(models: MetaData, table: str, name: str, *new: CheckConstraint | ForeignKeyConstraint) -> None:
    """Put constraints in the place of another."""
    own = models.tables[table]
    old = next(constraint for constraint in own.constraints if constraint.name == name)
    own.constraints.remove(old)
    if isinstance(old, ForeignKeyConstraint):
        for key in old.elements:
            key.parent.foreign_keys.discard(key)
            own.foreign_keys.discard(key)
    for constraint in new:
        own.append_constraint(constraint)


def add_column(models: MetaData) -> None:
    """A column without a value in the rows that there are."""
    models.tables["moc_instructions"].append_column(Column("rating", Integer))


def add_required_column(models: MetaData) -> None:
    """A column with a value in the rows that there are."""
    models.tables["moc_instructions"].append_column(
        Column("featured", Boolean, nullable=False, server_default=text("false"))
    )


def require_column(models: MetaData) -> None:
    """A column that must have a value."""
    models.tables["moc_files"].c.mime_type.nullable = False


def free_column(models: MetaData) -> None:
    """A column that need not have a value."""
    models.tables["moc_files"].c.file_url.nullable = True


def widen_type(models: MetaData) -> None:
    """A type whose values are cast by themselves."""
    models.tables["moc_instructions"].c.parts_count.type = BigInteger()
    models.tables["moc_parts_lists"].c.inventory_percentage.type = Numeric(6, 3)


def change_type(models: MetaData) -> None:
    """Types whose values are cast only when they are told to, there or back."""
    models.tables["moc_instructions"].c.set_number.type = Integer()
    models.tables["moc_instructions"].c.theme.type = String(40)
    models.tables["wishlist_items"].c.category.type = Uuid()


def require_and_change_type(models: MetaData) -> None:
    """A column of which all changes at once."""
    column = models.tables["gallery_flags"].c.reason
    column.type, column.nullable, column.server_default = String(20), False, DefaultClause("none")


def add_default(models: MetaData) -> None:
    """A default, of a text that needs quoting."""
    models.tables["wishlist_items"].c.category.server_default = DefaultClause("it's else's")


def change_default(models: MetaData) -> None:
    """A default that PostgreSQL evaluates to the same value at the time."""
    models.tables["wishlist_items"].c.created_at.server_default = DefaultClause(text("clock_timestamp()"))


def drop_default(models: MetaData) -> None:
    """A default that goes."""
    models.tables["gallery_images"].c.flagged.server_default = None


def add_unique(models: MetaData) -> None:
    """A unique constraint."""
    models.tables["wishlist_items"].append_constraint(UniqueConstraint("user_id", "title"))


def add_check(models: MetaData) -> None:
    """A check constraint."""
    models.tables["wishlist_items"].append_constraint(CheckConstraint("sort_order >= 0", "sort_order"))


def change_check(models: MetaData) -> None:
    """A check constraint that keeps its name."""
    changed = CheckConstraint("release_year >= 1932 AND theme <> ':a'", "release_year")
    replace_constraint(models, "moc_instructions", "ck_moc_instructions_release_year", changed)


def change_key_action(models: MetaData) -> None:
    """What deleting does to the rows that refer to the one deleted."""
    changed = ForeignKeyConstraint(["file_id"], ["moc_files.id"], ondelete="CASCADE")
    replace_constraint(models, "moc_parts_lists", "fk_moc_parts_lists_file_id", changed)


def rename_key(models: MetaData) -> None:
    """The name of a foreign key, and nothing else of it."""
    changed = ForeignKeyConstraint(["file_id"], ["moc_files.id"], ondelete="SET NULL", name="fk_to_file")
    replace_constraint(models, "moc_parts_lists", "fk_moc_parts_lists_file_id", changed)


def rename_index(models: MetaData) -> None:
    """The name of an index, and nothing else of it; a name that needs quoting."""
    table = models.tables["moc_instructions"]
    next(index for index in table.indexes if index.name == "ix_moc_instructions_sets_retired").name = conv("By Name")


def rename_primary_key(models: MetaData) -> None:
    """The name of a primary key."""
    models.tables["wishlist_items"].primary_key.name = conv("key")


def add_index(models: MetaData) -> None:
    """Indexes, one of them partial, unique and over an expression."""
    table = models.tables["wishlist_items"]
    Index(None, table.c.category)
    table.append_constraint(UniqueConstraint("title", "category"))
    name, links = "uq_wishlist_items_links", func.lower(table.c.product_link)
    Index(name, links, table.c.user_id.desc(), unique=True, postgresql_where=text("sort_order > 0"))


def change_columns_of_index(models: MetaData) -> None:
    """An index that keeps its name, over other columns."""
    replace_index(models, "moc_instructions", "ix_moc_instructions_title", "title", "theme")


def change_predicate(models: MetaData) -> None:
    """An index that differs in its predicate alone."""
    name = "ix_moc_instructions_sets_retired"
    replace_index(models, "moc_instructions", name, "retired", where="type = 'set' AND retired")


def drop_predicate(models: MetaData) -> None:
    """A partial index that becomes whole."""
    replace_index(models, "moc_instructions", "ix_moc_instructions_sets_release_year", "release_year")


def add_trigger(models: MetaData) -> None:
    """A trigger with a function of its own, whose text Alembic could take for a parameter's."""
    function = """\
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed text := ':nothing';
BEGIN
    RAISE EXCEPTION 'no % of \\x :here', allowed;
END $$"""
    event.listen(models, "before_create", DDL(function.replace("%", "%%")))
    trigger = "CREATE TRIGGER refuse BEFORE DELETE ON wishlist_items FOR EACH ROW EXECUTE FUNCTION refuse()"
    event.listen(models.tables["wishlist_items"], "after_create", DDL(trigger))


def change_function(models: MetaData) -> None:
    """A function that is changed, while triggers use it."""
    changed = """\
CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$"""
    event.listen(models, "after_create", DDL(changed))


def change_trigger(models: MetaData) -> None:
    """A trigger that keeps its name."""
    changed = """\
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON wishlist_items
FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"""
    event.listen(models, "after_create", DDL(changed))


def add_tables(models: MetaData) -> None:
    """Tables that refer to each other and to one that there is, with all that tables have."""
    Table(
        "shops",
        models,
        Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
        Column("name", Text, nullable=False, unique=True),
        Column("best_offer_id", Uuid, ForeignKey("offers.id", use_alter=True), index=True),
        CheckConstraint("name <> ''", "name"),
    )
    Table(
        "offers",
        models,
        Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
        Column("shop_id", Uuid, ForeignKey("shops.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("item_id", Uuid, ForeignKey("wishlist_items.id", ondelete="SET NULL"), index=True),
        Column("replaces_id", Uuid, ForeignKey("offers.id")),
        Column("price", Numeric(10, 2)),
    )
    event.listen(
        models.tables["shops"],
        "after_create",
        DDL("CREATE TRIGGER touch BEFORE UPDATE ON shops FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"),
    )


@pytest.mark.parametrize(
    "changes",
    [
        # Those of a group are told apart by the differences that a failure shows; each takes seconds by itself.
        (add_column, add_required_column, free_column),
        (require_column, require_and_change_type),
        (widen_type, change_type),
        (add_default, change_default, drop_default),
        (add_unique, add_check, change_check),
        (change_key_action, add_index),
        (change_columns_of_index, change_predicate, drop_predicate),
        (rename_key, rename_index, rename_primary_key),
        (add_trigger, change_function, change_trigger),
        (add_tables,),
    ],
    ids=lambda changes: "-".join(change.__name__ for change in changes),
)
def test_a_change_is_written_there_and_back(
    changes: Sequence[Change],
    models: MetaData,
    folder: Path,
    scratch: Callable[[], Postgres],
    schema_of: Callable[..., Catalog],
) -> None:
    """The revisions make what the models say and take it back, and so do those of the change's opposite."""
    for change in changes:
        change(models)
    old, new = schema_of(scratch(), Base.metadata), schema_of(scratch(), models)
    assert differences(new, old)
    written = generate("there", scratch(), scratch(), folder=folder, metadata=models)
    assert isinstance(written, Generated)
    assert all("the check wants that said here" in warning for warning in written.warnings)
    link = scratch()
    start = upgrade(link).after
    there = upgrade(link, folder=folder).after
    assert start is not None
    assert there is not None
    assert differences(new, schema_of(link)) == ()
    opposite = generate("and back", scratch(), scratch(), folder=folder)
    assert isinstance(opposite, Generated)
    assert all("the check wants that said here" in warning for warning in opposite.warnings)
    upgrade(link, folder=folder)
    assert differences(old, schema_of(link)) == ()
    downgrade(link, there, folder=folder)
    assert differences(new, schema_of(link)) == ()
    downgrade(link, start, folder=folder)
    assert differences(old, schema_of(link)) == ()


def test_a_cast_of_a_quoted_name_is_written_there_and_back(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres], schema_of: Callable[..., Catalog]
) -> None:
    """A reserved word, and a name with capitals, are what they are in the cast too."""
    Table("quoted", models, Column("id", Integer, primary_key=True), Column("order", Text), Column("Mixed", Text))
    assert isinstance(generate("first", scratch(), scratch(), folder=folder, metadata=models), Generated)
    models.tables["quoted"].c.order.type = Integer()
    models.tables["quoted"].c.Mixed.type = Uuid()
    written = generate("then", scratch(), scratch(), folder=folder, metadata=models)
    assert isinstance(written, Generated)
    assert written.warnings == ()
    link = scratch()
    upgrade(link, folder=folder)
    assert differences(schema_of(scratch(), models), schema_of(link)) == ()
