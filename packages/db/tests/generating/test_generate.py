"""How revisions are written: their names, what is warned of, and what is left to a person."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import (
    DDL,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.schema import conv

from core import Postgres
from db.comparing import Catalog, differences
from db.generating import FileThereError, Generated, MessageError, NothingChanged, RevisionDoesNotRunError, generate
from db.migrating import downgrade, upgrade
from db.models import Base

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parents[4]


def drop_column(models: MetaData, table: str, name: str) -> None:
    """Take a column out of a copy of the models."""
    own = models.tables[table]
    own._columns.remove(own.c[name])  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # there is no public way


def rename_index(models: MetaData, table: str, old: str, new: str) -> None:
    """Give an index of a copy of the models another name."""
    next(index for index in models.tables[table].indexes if index.name == old).name = conv(new)


def rename_table(models: MetaData, old: str, new: str) -> None:
    """Give a table of a copy of the models another name, and with it what is named after it."""
    before = models.tables[old]
    after = before.to_metadata(models, name=new)
    for named in (*after.constraints, *after.indexes):
        if named.name:
            named.name = conv(str(named.name).replace(old, new))
    models.remove(before)


def comments(done: Generated) -> tuple[str, ...]:
    """Return the warnings that the ways up of revisions hold, in one line each, in the order of those said."""
    lines = [line.strip() for file in done.files for line in file.read_text().splitlines()]
    joined = " ".join(line.removeprefix("# ") for line in lines if line.startswith("# "))
    return tuple(warning for warning in done.warnings if joined.count(warning) == 1)


def written(done: Generated | NothingChanged) -> Generated:
    """Return what was written, if anything was."""
    assert isinstance(done, Generated)
    return done


def test_nothing_changed_writes_nothing(folder: Path, scratch: Callable[[], Postgres]) -> None:
    """The migrations make the models, so that there is nothing to write, however often it is asked."""
    before = sorted(folder.rglob("*.py"))
    assert generate("nothing", scratch(), scratch(), folder=folder) == NothingChanged()
    assert sorted(folder.rglob("*.py")) == before


def test_a_revision_is_named_by_its_date_and_message(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """The file's name sorts by day and says what changes, and its docstring says it in the person's words."""
    models.tables["moc_files"].append_column(Column("size", Integer))
    message = 'add the size: "bytes" of C:\\files, größer'
    (file,) = written(generate(message, scratch(), scratch(), folder=folder, metadata=models)).files
    assert file.parent == folder / "versions"
    assert file.name == f"{datetime.now(UTC):%Y_%m_%d}_add_the_size_bytes_of_c_files_gr_er.py"
    first, *_ = file.read_text().splitlines()
    assert first == '"""Add the size: \'bytes\' of C:\\\\files, größer.'


@pytest.mark.parametrize("message", ["", "  \n", "?!", "ß", "x" * 101])
def test_a_message_that_names_nothing_is_refused(message: str, folder: Path, scratch: Callable[[], Postgres]) -> None:
    """One line says what to give, before anything is done."""
    link = scratch()
    with pytest.raises(MessageError, match="nox -s generate") as caught:
        generate(message, link, link, folder=folder)
    assert "\n" not in str(caught.value)


def test_a_revision_is_never_overwritten(models: MetaData, folder: Path, scratch: Callable[[], Postgres]) -> None:
    """A second one of a day by the same name is refused, and the first is as it was; nothing else was written."""
    models.tables["moc_files"].append_column(Column("size", Integer))
    (file,) = written(generate("more", scratch(), scratch(), folder=folder, metadata=models)).files
    source = file.read_text()
    models.tables["moc_files"].append_column(Column("first", Text))
    with pytest.raises(FileThereError, match="another message"):
        generate("More!", scratch(), scratch(), folder=folder, metadata=models)
    assert file.read_text() == source
    models.tables["moc_files"].append_column(Column("checksum", Text, index=True))
    second = file.rename(file.with_stem(f"{file.stem}_2_make_ix_moc_files_checksum"))
    before = sorted(folder.rglob("*.py"))
    with pytest.raises(FileThereError, match="another message"):
        generate("More!", scratch(), scratch(), folder=folder, metadata=models)
    assert second.read_text() == source
    assert sorted(folder.rglob("*.py")) == before


def test_the_parts_of_a_change_sort_in_their_order(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """A folder lists them as they are applied, also where there are more than nine."""
    files = models.tables["moc_files"]
    files.c.mime_type.nullable = False
    for number in range(9):
        files.append_column(Column(f"more_{9 - number}", Integer, index=True))
    written_files = written(generate("more", scratch(), scratch(), folder=folder, metadata=models)).files
    assert len(written_files) == 11
    assert sorted(written_files) == list(written_files)


def test_what_is_written_is_as_the_linter_wants_it(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """A revision passes the checks of the repository as it is: nobody has to tidy it up."""
    models.tables["moc_files"].append_column(Column("size", Integer, index=True))
    models.tables["moc_files"].c.mime_type.nullable = False
    models.tables["moc_instructions"].c.set_number.type = Integer()
    models.tables["moc_files"].append_column(Column("pages", Integer, nullable=False))
    models.tables["moc_files"].append_constraint(UniqueConstraint("file_url"))
    models.tables["moc_files"].append_column(Column("image_id", ForeignKey("gallery_images.id")))
    rename_index(models, "moc_instructions", "ix_moc_instructions_title", "ix_titles")
    drop_column(models, "gallery_images", "flagged")
    drop_column(models, "wishlist_items", "product_link")
    models.tables["wishlist_items"].append_column(Column("link", Text))
    drop_column(models, "wishlist_items", "description")
    models.tables["wishlist_items"].append_column(Column("the_" + 55 * "x" + "_end", Text))
    rename_table(models, "moc_gallery_images", "moc_images")
    models.remove(models.tables["gallery_flags"])
    event.listen(models, "after_create", DDL("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"))
    first = written(generate("tidy", scratch(), scratch(), folder=folder, metadata=models))
    event.listen(models, "after_create", DDL("CREATE VIEW titles AS SELECT title FROM moc_instructions"))
    second = written(generate("by hand", scratch(), scratch(), folder=folder, metadata=models))
    assert len(first.files) > 3
    for file in (*first.files, *second.files):
        name = ROOT / "packages" / "db" / "src" / "db" / "migrations" / "versions" / file.name
        for command in (["check"], ["format", "--check"]):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *command, "--no-cache", f"--stdin-filename={name}", "-"],
                input=file.read_bytes(),
                capture_output=True,
                check=False,
                cwd=ROOT,
            )
            assert done.returncode == 0, done.stdout.decode()


def test_a_renamed_column_is_warned_of(models: MetaData, folder: Path, scratch: Callable[[], Postgres]) -> None:
    """What looks like a rename loses what is in the column: the warning names both, and what to write instead."""
    drop_column(models, "wishlist_items", "product_link")
    models.tables["wishlist_items"].append_column(Column("link", Text))
    done = written(generate("rename", scratch(), scratch(), folder=folder, metadata=models))
    (warning,) = done.warnings
    assert "column product_link of wishlist_items is dropped and link added" in warning
    assert "`op.alter_column('wishlist_items', 'product_link', new_column_name='link')`" in warning
    assert comments(done) == done.warnings


def test_a_renamed_table_is_warned_of(models: MetaData, folder: Path, scratch: Callable[[], Postgres]) -> None:
    """A table that goes while one like it comes is most likely the same."""
    rename_table(models, "moc_gallery_images", "moc_images")
    done = written(generate("rename", scratch(), scratch(), folder=folder, metadata=models))
    (warning,) = done.warnings
    assert "op.rename_table('moc_gallery_images', 'moc_images')" in warning
    assert comments(done) == done.warnings


def test_what_is_named_after_a_table_that_was_renamed_is_renamed_too(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres], schema_of: Callable[..., Catalog]
) -> None:
    """Once the table is renamed as advised, nothing is made anew: keys, constraints and indexes get their names."""
    rename_table(models, "moc_gallery_images", "moc_images")
    (file, *more) = written(generate("rename", scratch(), scratch(), folder=folder, metadata=models)).files
    assert more == []
    before = schema_of(scratch(), Base.metadata)
    revision, rename = file.read_text(), "op.rename_table({!r}, {!r})"
    head = revision.partition("def upgrade")[0]
    moves = ("moc_gallery_images", "moc_images"), ("moc_images", "moc_gallery_images")
    ways = zip(("upgrade", "downgrade"), moves, strict=True)
    file.write_text(head + "\n".join(f"def {way}():\n    {rename.format(*move)}\n" for way, move in ways))
    done = written(generate("names", scratch(), scratch(), folder=folder, metadata=models))
    (warning,) = done.warnings
    assert 'accepts = {"renaming-object"' in warning
    assert comments(done) == done.warnings
    (second,) = done.files
    source = second.read_text()
    assert "ALTER INDEX" in source
    for name in ("pk_moc_gallery_images", "fk_moc_gallery_images_moc_id"):
        new = name.replace("moc_gallery_images", "moc_images")
        assert f"RENAME CONSTRAINT {name} TO {new}" in "".join(source.replace("'", "").split("\n    "))
    for remade in ("DROP", "ADD", "drop_", "create_"):
        assert remade not in source
    link = scratch()
    start = upgrade(link).after
    upgrade(link, folder=folder)
    assert differences(schema_of(scratch(), models), schema_of(link)) == ()
    assert start is not None
    downgrade(link, start, folder=folder)
    assert differences(before, schema_of(link)) == ()


def test_a_column_that_the_rows_that_there_are_can_not_have_is_warned_of(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """It works on an empty table and fails on a stage: the warning says what to write."""
    files = models.tables["moc_files"]
    files.append_column(Column("size", Integer, nullable=False))
    files.append_column(Column("pages", Integer, nullable=False, server_default=text("0")))
    files.append_column(Column("number", Integer, Identity(), nullable=False))
    files.append_column(Column("twice", Integer, Computed("1 + 1", persisted=True), nullable=False))
    Table("shops", models, Column("id", Integer, primary_key=True), Column("name", Text, nullable=False))
    done = written(generate("the size", scratch(), scratch(), folder=folder, metadata=models))
    (warning,) = done.warnings
    assert warning.startswith("column size of moc_files must have a value")
    assert "`server_default`" in warning
    assert comments(done) == done.warnings


def test_what_goes_is_warned_of(models: MetaData, folder: Path, scratch: Callable[[], Postgres]) -> None:
    """A release that is rolled back still reads it: the warning says when it may go, and what the check wants."""
    drop_column(models, "wishlist_items", "product_link")
    models.remove(models.tables["gallery_flags"])
    done = written(generate("less", scratch(), scratch(), folder=folder, metadata=models))
    column, table = done.warnings
    assert column.startswith("column product_link of wishlist_items goes")
    assert 'accepts = {"ban-drop-column"' in column
    assert table.startswith("table gallery_flags goes")
    assert 'accepts = {"ban-drop-table"' in table
    assert comments(done) == done.warnings


def test_a_column_that_goes_while_another_comes_is_no_rename(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """Neither the name nor the type is alike, or the table is another one: nobody is bothered."""
    drop_column(models, "wishlist_items", "product_link")
    models.tables["wishlist_items"].append_column(Column("rank", Integer))
    models.tables["gallery_flags"].append_column(Column("product_links", Text))
    done = written(generate("both", scratch(), scratch(), folder=folder, metadata=models))
    assert not any("rename" in warning for warning in done.warnings)


def test_tables_that_refer_to_each_other_go_and_come_back(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres], schema_of: Callable[..., Catalog]
) -> None:
    """The circle is opened before they are dropped, and closed after they are there again."""
    names = ("moc_gallery_images", "moc_gallery_albums", "gallery_flags", "gallery_images", "gallery_albums")
    for name in names:
        models.remove(models.tables[name])
    done = written(generate("no gallery", scratch(), scratch(), folder=folder, metadata=models))
    assert [warning.split()[1] for warning in done.warnings if " goes " in warning] == sorted(names)
    assert len(done.warnings) == len(names)
    link = scratch()
    upgrade(link, folder=folder)
    assert differences(schema_of(scratch(), models), schema_of(link)) == ()


def test_what_can_not_be_written_is_warned_of_by_name(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """The file is kept for a person to finish; what is missing of it is named."""
    event.listen(models, "after_create", DDL("CREATE VIEW titles AS SELECT title FROM moc_instructions"))
    done = written(generate("a view", scratch(), scratch(), folder=folder, metadata=models))
    (warning,) = done.warnings
    assert "view titles is in the models only" in warning
    (file,) = done.files
    assert "op." not in file.read_text()


def test_what_does_not_run_is_kept_and_said(models: MetaData, folder: Path, scratch: Callable[[], Postgres]) -> None:
    """A generated expression that needs what is not there yet is for a person; the error names file and statement."""
    column = Column("size", Integer, server_default=text("measure()"))
    models.tables["moc_files"].append_column(column)
    measure = "CREATE FUNCTION measure() RETURNS integer LANGUAGE sql AS 'SELECT count(*)::integer FROM sizes'"
    event.listen(models, "before_create", DDL(f"CREATE TABLE IF NOT EXISTS sizes (); {measure}"))
    with pytest.raises(RevisionDoesNotRunError, match="sizes") as caught:
        generate("measured", scratch(), scratch(), folder=folder, metadata=models)
    assert [file.exists() for file in caught.value.files] == [True]


def test_the_first_revision_makes_everything(folder: Path, scratch: Callable[[], Postgres]) -> None:
    """From no revision at all, functions, triggers and tables that refer to each other come in one, and go in it."""
    for file in (folder / "versions").glob("*.py"):
        file.unlink()
    done = written(generate("create tables", scratch(), scratch(), folder=folder))
    assert done.warnings == ()
    assert len(done.files) == 1


def test_a_cast_is_explicit_only_where_it_must_be(
    models: MetaData, folder: Path, scratch: Callable[[], Postgres]
) -> None:
    """An explicit cast would cut a text that is too long without a word: what casts itself is left to do so."""
    models.tables["moc_instructions"].c.theme.type = String(9)
    models.tables["moc_instructions"].c.set_number.type = Integer()
    (file,) = written(generate("types", scratch(), scratch(), folder=folder, metadata=models)).files
    source = file.read_text()
    assert source.count("postgresql_using") == 1
    assert 'postgresql_using="set_number::integer"' in source
