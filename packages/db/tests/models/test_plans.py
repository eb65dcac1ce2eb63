"""The queries that the domain names, each served by an index: as PostgreSQL plans them over believable rows."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, Select, select, text
from sqlalchemy.orm import InstrumentedAttribute

from core import Postgres
from db.models import (
    GalleryAlbum,
    GalleryFlag,
    GalleryImage,
    MocFile,
    MocGalleryAlbum,
    MocGalleryImage,
    MocInstruction,
    MocPartsList,
    WishlistItem,
)
from db.programs import program_engine
from db.seed import rows_of, seed

pytestmark = pytest.mark.engines

USERS = 600
"""Some 40,000 rows. No table has more than ANALYZE reads whole, 30,000: the plans are the same in each run."""
SOMEONE = rows_of(207)
"""A user who has pages of everything, so that it matters in which order it comes."""
USER = str(SOMEONE["moc_instructions"][0]["user_id"])
MOC, IMAGE, ALBUM, FILE = (
    cast("UUID", SOMEONE[name][0]["id"])
    for name in ("moc_instructions", "gallery_images", "gallery_albums", "moc_files")
)
PAGE = 20


@dataclass(frozen=True)
class Query:
    """A query of the application.

    Attributes:
        index: the index that serves it.
        statement: the query as a function issues it.
    """

    index: str
    statement: Select[Any]


def newest(index: str, statement: Select[Any], made: InstrumentedAttribute[Any]) -> Query:
    """Return the query for a page of a list, the newest first."""
    return Query(index, statement.order_by(made.desc()).limit(PAGE))


a_set = MocInstruction.type == "set"
QUERIES = (
    newest(
        "ix_gallery_images_user_id_created_at",
        select(GalleryImage).where(GalleryImage.user_id == USER),
        GalleryImage.created_at,
    ),
    newest(
        "ix_gallery_images_album_id_created_at",
        select(GalleryImage).where(GalleryImage.album_id == ALBUM),
        GalleryImage.created_at,
    ),
    newest(
        "ix_gallery_albums_user_id_created_at",
        select(GalleryAlbum).where(GalleryAlbum.user_id == USER),
        GalleryAlbum.created_at,
    ),
    newest(
        "ix_moc_instructions_user_id_created_at",
        select(MocInstruction).where(MocInstruction.user_id == USER),
        MocInstruction.created_at,
    ),
    Query("ix_moc_instructions_title", select(MocInstruction).where(MocInstruction.title == "Tiny Keep")),
    Query("ix_moc_instructions_title", select(MocInstruction).order_by(MocInstruction.title).limit(PAGE)),
    Query(
        "ix_moc_instructions_sets_brand_theme",
        select(MocInstruction).where(a_set, MocInstruction.brand == "Cobi", MocInstruction.theme == "Trains"),
    ),
    Query(
        "ix_moc_instructions_sets_release_year",
        select(MocInstruction).where(a_set, MocInstruction.release_year.between(1977, 1979)),
    ),
    Query(
        "ix_moc_instructions_sets_release_year",
        select(MocInstruction)
        .where(a_set, MocInstruction.release_year >= 1980)
        .order_by(MocInstruction.release_year)
        .limit(PAGE),
    ),
    # Of the sets that people keep, few are still sold.
    Query("ix_moc_instructions_sets_retired", select(MocInstruction).where(a_set, MocInstruction.retired.is_(False))),
    Query(
        "uq_moc_instructions_sets",
        select(MocInstruction).where(
            *(a_set, MocInstruction.user_id == USER, MocInstruction.brand == "LEGO"),
            MocInstruction.set_number == "6080",
        ),
    ),
    Query(
        "uq_moc_instructions_user_id_title",
        select(MocInstruction).where(MocInstruction.user_id == USER, MocInstruction.title == "Tiny Keep"),
    ),
    Query(
        "ix_moc_files_moc_id_file_type", select(MocFile).where(MocFile.moc_id == MOC, MocFile.file_type == "thumbnail")
    ),
    Query(
        "uq_moc_files_moc_id_original_filename",
        select(MocFile).where(MocFile.moc_id == MOC, MocFile.original_filename == "castle.pdf"),
    ),
    Query(
        "ix_moc_parts_lists_moc_id_built",
        select(MocPartsList).where(MocPartsList.moc_id == MOC, MocPartsList.built.is_(True)),
    ),
    Query(
        "ix_moc_parts_lists_moc_id_purchased",
        select(MocPartsList).where(MocPartsList.moc_id == MOC, MocPartsList.purchased.is_(True)),
    ),
    Query(
        "ix_wishlist_items_user_id_sort_order",
        select(WishlistItem).where(WishlistItem.user_id == USER).order_by(WishlistItem.sort_order).limit(PAGE),
    ),
    Query(
        "ix_wishlist_items_user_id_category_sort_order",
        select(WishlistItem)
        .where(WishlistItem.user_id == USER, WishlistItem.category == "sets")
        .order_by(WishlistItem.sort_order)
        .limit(PAGE),
    ),
    Query("uq_gallery_flags_image_id_user_id", select(GalleryFlag).where(GalleryFlag.image_id == IMAGE)),
    Query("ix_gallery_albums_cover_image_id", select(GalleryAlbum).where(GalleryAlbum.cover_image_id == IMAGE)),
    Query("ix_moc_parts_lists_file_id", select(MocPartsList).where(MocPartsList.file_id == FILE)),
    Query(
        "uq_moc_gallery_images_moc_id_gallery_image_id", select(MocGalleryImage).where(MocGalleryImage.moc_id == MOC)
    ),
    Query(
        "ix_moc_gallery_images_gallery_image_id",
        select(MocGalleryImage).where(MocGalleryImage.gallery_image_id == IMAGE),
    ),
    Query(
        "uq_moc_gallery_albums_moc_id_gallery_album_id", select(MocGalleryAlbum).where(MocGalleryAlbum.moc_id == MOC)
    ),
    Query(
        "ix_moc_gallery_albums_gallery_album_id",
        select(MocGalleryAlbum).where(MocGalleryAlbum.gallery_album_id == ALBUM),
    ),
)


@pytest.fixture(scope="module")
def engine(own_schema: Postgres) -> Generator[Engine]:
    """Return the engine of a database with sample data, as its owner."""
    seed(own_schema, USERS)
    engine = program_engine(own_schema)
    yield engine
    engine.dispose()


def plan(connection: Connection, statement: Select[Any]) -> list[dict[str, Any]]:
    """Return the nodes of the plan for a query, as it would be sent: parameters apart."""
    compiled = statement.compile(dialect=connection.dialect)
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", dict(compiled.params)).scalar_one()
    return list(nodes(found[0]["Plan"]))


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return a node of a plan and all that are under it."""
    yield node
    for under in node.get("Plans", []):
        yield from nodes(under)


def faults(connection: Connection, query: Query) -> list[str]:
    """Return what is wrong with the plan of a query; a list that is to come in order is not to be sorted."""
    found = plan(connection, query.statement)
    scans = [node["Node Type"] for node in found if node["Node Type"] in ("Seq Scan", "Sort", "Incremental Sort")]
    used = [node["Index Name"] for node in found if "Index Name" in node]
    return scans if used == [query.index] else [*scans, f"{query.index} is not what it uses: {used}"]


def named(query: Query) -> str:
    """Return a query's name among pytest's."""
    return query.index


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_a_query_is_served_by_its_index(connection: Connection, query: Query) -> None:
    """It reads no table from end to end, and a list that is to come in order needs no sorting."""
    assert faults(connection, query) == []


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_without_its_index_it_is_not(connection: Connection, query: Query) -> None:
    """The test above fails where the index is missing: none of them is there for nothing."""
    table = query.statement.get_final_froms()[0]
    constraint = query.index.startswith("uq_") and query.index != "uq_moc_instructions_sets"
    drop = f"ALTER TABLE {table} DROP CONSTRAINT" if constraint else "DROP INDEX"
    connection.execute(text(f"{drop} {query.index}"))
    assert faults(connection, query) != []


def test_each_index_serves_a_query(connection: Connection) -> None:
    """An index that the schema gains is to be shown of use here; primary keys are found by those who refer to them."""
    found = connection.execute(
        text("""
            SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relnamespace = 'public'::regnamespace AND NOT indisprimary
        """)
    ).scalars()
    assert set(found) == {query.index for query in QUERIES}


REDUNDANT = """
SELECT short.indexrelid::regclass::text
FROM pg_index AS short JOIN pg_index AS long
  ON short.indrelid = long.indrelid AND short.indexrelid <> long.indexrelid
WHERE short.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  AND NOT short.indisunique  -- a unique one holds what the longer one does not
  AND (' ' || long.indkey::text || ' ') LIKE (' ' || short.indkey::text || ' %')
  AND coalesce(pg_get_expr(short.indpred, short.indrelid), '') = coalesce(pg_get_expr(long.indpred, long.indrelid), '')
"""
UNSERVED = """
SELECT conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
  SELECT FROM pg_index
  WHERE indrelid = conrelid AND indpred IS NULL AND (indkey::int2[])[0:cardinality(conkey) - 1] = conkey)
"""


def test_no_index_is_the_beginning_of_another_one(connection: Connection) -> None:
    """Such an index would cost each write and serve nothing that the longer one does not; one that is made is seen."""
    assert list(connection.execute(text(REDUNDANT)).scalars()) == []
    connection.execute(text("CREATE INDEX begins ON gallery_images (album_id)"))
    connection.execute(text("CREATE INDEX ends ON gallery_images (created_at)"))
    connection.execute(text("CREATE INDEX is_for_some ON gallery_images (album_id) WHERE flagged"))
    assert list(connection.execute(text(REDUNDANT)).scalars()) == ["begins"]


def test_each_reference_is_the_beginning_of_an_index(connection: Connection) -> None:
    """Deleting a row looks for what refers to it, and so do lists; a reference that loses its index is seen."""
    assert list(connection.execute(text(UNSERVED)).scalars()) == []
    connection.execute(text("DROP INDEX ix_gallery_images_album_id_created_at"))
    connection.execute(text("CREATE INDEX is_for_some ON gallery_images (album_id) WHERE flagged"))
    assert list(connection.execute(text(UNSERVED)).scalars()) == ["fk_gallery_images_album_id"]
