"""The entity diagram, and the page that shows it."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Numeric, Table, UniqueConstraint, text

from db.diagram import PLACES, PageError, entity_diagram, entity_picture, in_page
from db.models import Base

PAGE = Path(__file__).parents[4] / "docs" / "entities.md"
SVG = "{http://www.w3.org/2000/svg}"
COMMAND = "uv run python -m db.diagram docs/entities.md"


@pytest.fixture
def schema() -> MetaData:
    """Return two small tables with one of everything."""
    made = MetaData()
    Table(
        "makers",
        made,
        Column("id", Integer, primary_key=True),
        Column("name", Integer, nullable=False, unique=True),
        Column("country", Integer),
        Index("one_at_home", "country", unique=True, postgresql_where=text("country = 1")),
    )
    Table(
        "bricks",
        made,
        Column("id", Integer, primary_key=True),
        Column("maker_id", Integer, ForeignKey("makers.id", ondelete="CASCADE"), nullable=False),
        Column("like_id", Integer, ForeignKey("bricks.id")),
        Column("price", Numeric(10, 2)),
        UniqueConstraint("maker_id", "price"),
    )
    return made


def test_it_says_what_the_schema_says(schema: MetaData) -> None:
    """Types and sizes, nulls, marks and with what something is unique; how many rows refer, and what deleting does."""
    assert entity_diagram(schema).splitlines() == [
        "erDiagram",
        "    accTitle: The tables, their columns, and what refers to what",
        "    bricks {",
        "        integer id PK",
        '        integer maker_id FK, UK "with price"',
        '        integer like_id FK "null"',
        '        numeric price UK "(10, 2); null; with maker_id"',
        "    }",
        "    makers {",
        "        integer id PK",
        "        integer name UK",
        '        integer country UK "null; in some rows"',
        "    }",
        '    bricks |o--o{ bricks : "like_id, on delete no action"',
        '    makers ||--o{ bricks : "maker_id, on delete cascade"',
    ]


def test_the_page_shows_the_models_as_they_are() -> None:
    """A change of the models is a change of the page."""
    page = PAGE.read_text("utf-8")
    assert in_page(page, entity_diagram(Base.metadata)) == page, f"docs/entities.md is out of date: run `{COMMAND}`"


def test_a_page_is_changed_in_its_block_and_nowhere_else() -> None:
    """What stands around it stays, other blocks included."""
    page = "# Tables\n\n```sh\nls\n```\n\n```mermaid\nold\n```\n\nText.\n"
    assert in_page(page, "new\nlines\n") == page.replace("old\n", "new\nlines\n")


@pytest.mark.parametrize("page", ["# Tables\n", "```mermaid\n```\n" * 2])
def test_a_page_without_one_place_for_it_is_an_error(page: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(PageError, match="is to have one"):
        in_page(page, "new\n")


@pytest.mark.slow
def test_the_command_prints_it_or_writes_it_into_the_page(tmp_path: Path) -> None:
    """`python -m db.diagram`, with the path of a page or without."""
    page = tmp_path / "page.md"
    page.write_text("```mermaid\n```\n", "utf-8")
    command = (sys.executable, "-m", "db.diagram")
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == entity_diagram(Base.metadata)
    written = subprocess.run((*command, str(page)), capture_output=True, text=True, check=True)
    assert written.stdout == ""
    assert page.read_text("utf-8") == f"```mermaid\n{printed}```\n"


def test_each_table_has_its_place_in_the_picture() -> None:
    """A table that the schema gains is to be given one, in `db.diagram.picture`."""
    assert sorted(name for column in PLACES for name in column) == sorted(Base.metadata.tables)


def test_the_picture_shows_each_table_column_and_reference() -> None:
    """It is one SVG that loads nothing from anywhere."""
    picture = entity_picture(Base.metadata)
    shown = ET.fromstring(picture)  # noqa: S314  # our own
    texts = [each.text or each[0].tail for each in shown.iter(f"{SVG}text")]
    for table in Base.metadata.tables.values():
        assert {table.name, *table.columns.keys()} <= set(texts)
    references = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]
    assert sorted(text for text in texts if text and text.startswith("on delete")) == sorted(
        f"on delete {(key.ondelete or '').lower()}" for key in references
    )
    assert picture.replace(SVG.strip("{}"), "").count("://") == 0


def test_boxes_lie_apart_and_within_the_picture() -> None:
    """No table covers another one, and none is cut."""
    shown = ET.fromstring(entity_picture(Base.metadata))  # noqa: S314  # our own
    _, _, width, height = map(float, shown.attrib["viewBox"].split())
    boxes = [
        tuple(float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        for each in shown.iter(f"{SVG}rect")
        if each.attrib.get("class") == "box"
    ]
    assert len(boxes) == len(Base.metadata.tables)
    for x, y, wide, high in boxes:
        assert x >= 0
        assert x + wide <= width
        assert y >= 0
        assert y + high <= height
        apart = [x + wide <= ox or ox + ow <= x or y + high <= oy or oy + oh <= y for ox, oy, ow, oh in boxes]
        assert apart.count(False) == 1  # itself


def test_references_join_neighbors() -> None:
    """A line from column to column crosses no box: what refers to each other is side by side."""
    column = {name: number for number, names in enumerate(PLACES) for name in names}
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            assert abs(column[table.name] - column[key.column.table.name]) <= 1
