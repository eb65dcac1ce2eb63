"""What counts as a database's schema, and how differences are told."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, text

from core import Postgres
from db.comparing import Catalog, Difference, ModelsError, Thing, UnreadableError, differences, is_required, type_of

engines = pytest.mark.engines

names = st.sampled_from(["a", "b", "c"])
things = st.one_of(
    st.builds(Thing, st.just("table"), names),
    st.builds(Thing, st.sampled_from(["column", "default", "index", "trigger"]), names, names),
)
catalogs = st.dictionaries(things, st.sampled_from(["", "one", "two"]), max_size=8)


@engines
def test_an_empty_database_has_no_schema(
    scratch: Callable[[], Postgres], run: Callable[..., None], schema_of: Callable[..., Catalog]
) -> None:
    """What PostgreSQL itself and Alembic bring counts for nothing, nor does what is in other schemas."""
    statements = ("CREATE TABLE alembic_version (n text PRIMARY KEY)", "CREATE SCHEMA other", "CREATE TABLE other.t ()")
    link = scratch()
    run(link, *statements)
    assert schema_of(link) == {}


@engines
def test_definitions_are_as_postgresql_prints_them(
    scratch: Callable[[], Postgres], run: Callable[..., None], schema_of: Callable[..., Catalog]
) -> None:
    """Each thing is there once, by its name and table."""
    link = scratch()
    run(
        link,
        'CREATE TABLE "Things" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(9) COLLATE "C"'
        " NOT NULL DEFAULT 'x', twice text GENERATED ALWAYS AS (name || name) STORED, tags jsonb)",
        "CREATE UNIQUE INDEX by_name ON \"Things\" (lower(name)) WHERE name <> ''",
        "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a'",
        "CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a'",
        "CREATE DOMAIN size AS integer NOT NULL CHECK (VALUE > 0)",
    )
    found = schema_of(link)
    assert {str(thing): definition for thing, definition in found.items() if thing.kind != "function"} == {
        "type size": "integer NOT NULL CHECK (VALUE > 0)",
        "table Things": "",
        "column id of Things": "bigint NOT NULL",
        "column name of Things": 'character varying(9) COLLATE "C" NOT NULL',
        "column twice of Things": 'text COLLATE "C"'
        if "COLLATE" in found[Thing("column", "twice", "Things")]
        else "text",
        "column tags of Things": "jsonb",
        "default id of Things": "GENERATED ALWAYS AS IDENTITY",
        "default name of Things": "'x'::character varying",
        "default twice of Things": "GENERATED ALWAYS AS (name::text || name::text) STORED",
        "constraint Things_pkey of Things": "PRIMARY KEY (id)",
        "index by_name of Things": 'CREATE UNIQUE INDEX by_name ON public."Things"'
        " USING btree (lower((name)::text)) WHERE ((name)::text <> ''::text)",
    }
    assert {thing.name for thing in found if thing.kind == "function"} == {"f(a integer)", "f(a text)"}
    name = Thing("column", "name", "Things")
    assert (type_of(found, name), is_required(found, name)) == ('character varying(9) COLLATE "C"', True)
    tags = Thing("column", "tags", "Things")
    assert (type_of(found, tags), is_required(found, tags)) == ("jsonb", False)


@given(catalogs)
def test_a_schema_does_not_differ_from_itself(catalog: Catalog) -> None:
    """Whatever is in it."""
    assert differences(catalog, dict(catalog)) == ()


@given(catalogs, catalogs)
def test_schemas_differ_from_each_other_alike(first: Catalog, second: Catalog) -> None:
    """What one has more, the other has less; none is told twice, and nothing that is the same is told."""
    found = differences(first, second)
    back = differences(second, first)
    assert [Difference(each.thing, each.second, each.first) for each in back] == list(found)
    assert len({each.thing for each in found}) == len(found)
    assert all(first.get(each.thing) == each.first != each.second == second.get(each.thing) for each in found)


@given(catalogs, catalogs)
def test_no_difference_is_left_out_but_for_what_goes_with_another(first: Catalog, second: Catalog) -> None:
    """A table that only one has stands for what is in it, and a column for its default."""
    told = {each.thing for each in differences(first, second)}
    for thing in {*first, *second}:
        if first.get(thing) != second.get(thing) and thing not in told:
            owners = {Thing("table", thing.table), Thing("column", thing.name, thing.table)}
            assert told & owners or Thing("table", thing.table) in {*first} ^ {*second}


def test_a_line_names_what_differs_and_where() -> None:
    """It is one line, whatever the definition."""
    function = Difference(Thing("function", "f()"), "CREATE FUNCTION f()\n  AS 'x'", None)
    assert function.line("the models", "the rest") == "function f() is in the models only: CREATE FUNCTION f() AS 'x'"
    column = Difference(Thing("column", "a", "t"), "text", "text NOT NULL")
    assert column.line("one", "two") == "column a of t differs: one say text, two text NOT NULL"
    assert Difference(Thing("table", "t"), None, "").line("one", "two") == "table t is in two only"


@engines
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"type_": Integer, "server_default": text("nothing()")}, "function nothing() does not exist"),
        ({}, "CompileError: "),
    ],
)
def test_models_that_are_not_taken_are_an_error_in_a_line(
    options: dict[str, Any],
    said: str,
    models: MetaData,
    scratch: Callable[[], Postgres],
    schema_of: Callable[..., Catalog],
) -> None:
    """Whoever pushes or generates learns what PostgreSQL or SQLAlchemy has against them."""
    models.tables["moc_files"].append_column(Column("size", **options))
    with pytest.raises(ModelsError, match="the models can't be put into a database") as caught:
        schema_of(scratch(), models)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@engines
def test_a_refused_look_is_an_error_and_a_cut_connection_another(
    scratch: Callable[[], Postgres], run: Callable[..., None]
) -> None:
    """What PostgreSQL says is told, and that it is gone is not taken for something that it says."""
    link = scratch()
    with pytest.raises(UnreadableError, match='relation "nothing" does not exist'):
        run(link, "SELECT * FROM nothing")
    with pytest.raises(UnreadableError, match="terminating connection"):
        run(link, "SELECT pg_terminate_backend(pg_backend_pid())")


@engines
def test_a_row_is_not_told(scratch: Callable[[], Postgres], run: Callable[..., None]) -> None:
    """The detail of an error, which repeats values, is left out."""
    link = scratch()
    run(link, "CREATE TABLE t (a text, b text)", "INSERT INTO t VALUES ('secret', NULL)")
    with pytest.raises(UnreadableError) as caught:
        run(link, "ALTER TABLE t ALTER b SET NOT NULL, ADD CHECK (a <> 'secret')")
    assert "Failing row" not in str(caught.value)
