"""What the relationships of the models do: how they load, and what deleting does."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, cast

import pytest
from sqlalchemy import Connection, RowMapping, event, inspect, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session, joinedload, selectinload

from db.models import (
    Base,
    GalleryAlbum,
    GalleryFlag,
    GalleryImage,
    MocFile,
    MocGalleryAlbum,
    MocGalleryImage,
    MocInstruction,
    MocPartsList,
)

pytestmark = pytest.mark.engines

Put = Callable[..., RowMapping]
RELATIONSHIPS = [(mapper.class_, relation.key) for mapper in Base.registry.mappers for relation in mapper.relationships]


@contextmanager
def statements(connection: Connection) -> Generator[list[str]]:
    """Return what the block sends to the database; savepoints are not among it."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401  # SQLAlchemy's own types
        if not statement.startswith("SAVEPOINT"):
            sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


@pytest.fixture
def castle(put: Put) -> dict[str, Any]:
    """Return the ids, by table, of a MOC with one of everything that can belong to it."""
    moc, album = put("moc_instructions")["id"], put("gallery_albums")["id"]
    image = put("gallery_images", album_id=album)["id"]
    file = put("moc_files", moc_id=moc)["id"]
    cover = put("gallery_albums", cover_image_id=image)["id"]
    return {
        "moc": moc,
        "album": album,
        "image": image,
        "file": file,
        "cover": cover,
        "parts": put("moc_parts_lists", moc_id=moc, file_id=file)["id"],
        "flag": put("gallery_flags", image_id=image)["id"],
        "moc_image": put("moc_gallery_images", moc_id=moc, gallery_image_id=image)["id"],
        "moc_album": put("moc_gallery_albums", moc_id=moc, gallery_album_id=album)["id"],
    }


WHO: dict[str, type[Base]] = {
    "moc": MocInstruction,
    "album": GalleryAlbum,
    "image": GalleryImage,
    "file": MocFile,
    "cover": GalleryAlbum,
    "parts": MocPartsList,
    "flag": GalleryFlag,
    "moc_image": MocGalleryImage,
    "moc_album": MocGalleryAlbum,
}
GONE = {
    "moc": {"moc", "file", "parts", "moc_image", "moc_album"},
    "image": {"image", "flag", "moc_image"},
    "album": {"album", "moc_album"},
    "cover": {"cover"},
    "file": {"file"},
}
"""What is deleted together with each."""


@pytest.mark.parametrize("deleted", GONE)
def test_deleting_is_one_statement(
    session: Session, connection: Connection, castle: dict[str, Any], deleted: str
) -> None:
    """The database does the rest: no child is loaded, none is deleted or changed by a statement of its own."""
    parent = session.get_one(WHO[deleted], castle[deleted])
    with statements(connection) as sent:
        session.delete(parent)
        session.flush()
    assert [statement.split()[0] for statement in sent] == ["DELETE"]
    session.expunge_all()
    assert {name for name, id_ in castle.items() if session.get(WHO[name], id_) is None} == GONE[deleted]


def test_what_outlives_its_parent_loses_the_reference(session: Session, castle: dict[str, Any]) -> None:
    """Deleting an album, a cover or a file through the models leaves what referred to it, without it."""
    session.delete(session.get_one(GalleryAlbum, castle["album"]))
    session.delete(session.get_one(MocFile, castle["file"]))
    session.flush()
    session.expunge_all()
    image = session.get_one(GalleryImage, castle["image"])
    assert image.album_id is None
    assert session.get_one(MocPartsList, castle["parts"]).file_id is None
    session.delete(image)
    session.flush()
    session.expunge_all()
    assert session.get_one(GalleryAlbum, castle["cover"]).cover_image_id is None


@pytest.mark.parametrize("deleted", GONE)
def test_deleting_with_children_in_hand_leaves_the_same(session: Session, castle: dict[str, Any], deleted: str) -> None:
    """Whether what refers to it, or what it refers to, was loaded makes no difference to what is left."""
    model = WHO[deleted]
    everything = [selectinload(getattr(model, relation.key)) for relation in inspect(model).relationships]
    session.delete(session.get_one(model, castle[deleted], options=everything))
    session.flush()
    session.expunge_all()
    assert {name for name, id_ in castle.items() if session.get(WHO[name], id_) is None} == GONE[deleted]


@pytest.mark.parametrize(("model", "name"), RELATIONSHIPS)
def test_what_was_not_loaded_is_not_loaded_by_the_way(
    session: Session, connection: Connection, castle: dict[str, Any], model: type[Base], name: str
) -> None:
    """Reading a relationship that no query asked for is an error that names it, and no statement."""
    known = {WHO[key]: id_ for key, id_ in castle.items()}  # of the two albums, the one with a cover
    if (model, name) == (GalleryAlbum, "moc_links"):
        known[GalleryAlbum] = castle["album"]
    row = session.get_one(model, known[model])
    with statements(connection) as sent, pytest.raises(InvalidRequestError, match=name):
        getattr(row, name)
    assert sent == []


@pytest.mark.parametrize(("model", "name"), RELATIONSHIPS)
def test_what_was_asked_for_is_there(
    session: Session, connection: Connection, castle: dict[str, Any], model: type[Base], name: str
) -> None:
    """Each relationship loads with either way of asking, and finds what refers to the row or what the row refers to."""
    for eager in (joinedload, selectinload):
        session.expunge_all()
        rows = session.scalars(select(model).options(eager(getattr(model, name)))).unique().all()
        with statements(connection) as sent:
            found = {identity(other) for row in rows for other in listed(getattr(row, name))}
        assert sent == []
        assert len(found & set(castle.values())) == 1


def identity(row: Base) -> object:
    """Return a row's id."""
    key = inspect(row).identity_key
    assert key is not None
    return key[1][0]


def listed(value: object) -> Iterable[Base]:
    """Return what a relationship of either kind leads to."""
    if value is None:
        return []
    return cast("list[Base]", value) if isinstance(value, list) else [cast("Base", value)]


def test_an_album_and_its_cover_are_added_together(session: Session, connection: Connection) -> None:
    """New rows that refer to each other are written in an order that the database takes."""
    album = GalleryAlbum(user_id="ada", title="Castles")
    image = GalleryImage(user_id="ada", title="Castle", image_url="images/ada/1.webp", album=album)
    album.cover_image = image
    session.add(album)
    with statements(connection) as sent:
        session.flush()
    assert [statement.split()[0] for statement in sent] == ["INSERT", "INSERT", "UPDATE"]
    assert (image.album_id, album.cover_image_id) == (album.id, image.id)
    session.delete(album)
    session.delete(image)
    session.flush()
    assert session.scalars(select(GalleryAlbum).where(GalleryAlbum.id == album.id)).all() == []


def test_a_row_taken_out_of_its_parents_list_is_deleted(session: Session, castle: dict[str, Any]) -> None:
    """A file belongs to its MOC and to nothing else."""
    moc = session.get_one(MocInstruction, castle["moc"], options=[selectinload(MocInstruction.files)])
    moc.files.clear()
    session.flush()
    session.expunge_all()
    assert session.get(MocFile, castle["file"]) is None


def test_what_the_database_fills_in_comes_back_with_the_statement(session: Session, connection: Connection) -> None:
    """Ids, times and flags are known after the INSERT and after the UPDATE, without another statement."""
    image = GalleryImage(user_id="ada", title="Castle", image_url="images/ada/1.webp")
    with statements(connection) as sent:
        session.add(image)
        session.flush()
        made = (image.id, image.created_at, image.flagged)
        image.title = "Old castle"
        session.flush()
        assert image.last_updated_at >= made[1]
    assert [statement.split()[0] for statement in sent] == ["INSERT", "UPDATE"]
    assert made[2] is False
