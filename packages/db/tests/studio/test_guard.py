"""Who may ask the studio, and what a browser may do with what it answers."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from db.models import GalleryAlbum, GalleryFlag, GalleryImage, MocInstruction
from db.studio.guard import HANDLERS, is_same_origin

from .conftest import Client, Database

engines = pytest.mark.engines

HOST = (b"host", b"127.0.0.1:8000")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = ("/", "/moc_instructions/list", "/gallery_albums/create", "/nonsense", "/static/js/list.js")


@engines
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1"])
def test_it_answers_by_its_own_names(client: Client, host: str) -> None:
    """Loopback's address and name are served, with whatever port a person's forwarding gives them."""
    assert client.send("GET", "/", {"Host": host}).status == 200


@engines
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:x", "[::1]"])
@pytest.mark.parametrize("path", PAGES)
def test_it_answers_by_no_other_name(client: Client, host: str, path: str) -> None:
    """A web page that has its own name lead here (DNS rebinding) gets 403 and nothing of the database."""
    page = client.send("GET", path, {"Host": host})
    assert page.status == 403
    assert b"MOC" not in page.body


@engines
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Referer": "http://evil.example/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "OWN", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://OWN"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_write_comes_from_the_studios_own_pages(
    client: Client, rows: Database, headers: dict[str, str], method: str
) -> None:
    """A form on another site, or another server of this machine, changes nothing; nor does who says nothing."""
    row = rows.add(GalleryAlbum)
    sent = {
        name: value.replace("https://OWN", client.origin.replace("http", "https")).replace("OWN", client.origin)
        for name, value in headers.items()
    }
    assert client.send(method, f"/gallery_albums/delete?pk={row.id}", FORM | sent, b"").status == 403
    assert client.send(method, "/gallery_albums/create", FORM | sent, b"title=x&user_id=forged").status == 403
    assert rows.get(GalleryAlbum, row.id)
    assert not rows.all(GalleryAlbum, user_id="forged")


@engines
def test_no_get_changes_a_row(client: Client, rows: Database) -> None:
    """Every address of the studio may be followed: what changes something is no link."""
    row = rows.add(GalleryFlag, "left alone")
    before = counts(rows)
    for path in (
        f"/gallery_flags/delete?pk={row.id}",
        f"/gallery_flags/edit?pk={row.id}&reason=changed&user_id=x",
        "/gallery_albums/create?title=x&user_id=x",
        f"/_api/gallery_flags/action?name=delete&pks={row.id}",
        f"/_api/gallery_flags/row-action?name=delete&pk={row.id}",
        f"/_api/gallery_flags/inline-edit?pk={row.id}&field=reason",
        "/_api/gallery_flags/import",
    ):
        assert client.get(path).status < 500
    assert counts(rows) == before
    assert rows.get(GalleryFlag, row.id).reason == "left alone"


def counts(rows: Database) -> list[int]:
    """Return how many rows some tables have."""
    return [len(rows.all(model)) for model in (GalleryFlag, GalleryAlbum, GalleryImage, MocInstruction)]


@engines
@pytest.mark.parametrize("path", PAGES)
def test_every_answer_binds_the_browser(client: Client, path: str) -> None:
    """No page is framed, no script runs that is not the studio's, nothing is loaded from or told to anyone else."""
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@engines
def test_every_script_has_the_nonce_of_its_answer(client: Client) -> None:
    """The nonce is another one each time, and no script element of a page is without it."""
    pages = [client.get(path) for path in ("/", "/moc_instructions/list", "/gallery_albums/create")]
    nonces: list[str] = []
    for page in pages:
        (nonce,) = re.findall(r"'nonce-([^']+)'", page.headers["content-security-policy"])
        assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce}"') > 0
        nonces.append(nonce)
    assert len(set(nonces)) == len(nonces)


@engines
def test_no_answer_loads_anything_from_another_host(client: Client, rows: Database) -> None:
    """What a page loads, and what its styles do, is the studio's own."""
    image = rows.add(GalleryImage, image_url="http://evil.example/1.webp", thumbnail_url="//evil.example/1.webp")
    loads = re.compile(r"""(?:src|data-url|@import|url\(|<link[^>]*href)\s*=?\s*\(?["']?((?:https?:)?//[^"')\s>]+)""")
    waiting = [
        "/",
        "/gallery_images/list",
        f"/gallery_images/detail?pk={image.id}",
        f"/gallery_images/edit?pk={image.id}",
        "/gallery_albums/create",
        "/nonsense",
    ]
    seen = set(waiting)
    while waiting:
        page = client.get(waiting.pop())
        if not page.headers["content-type"].startswith(("text/html", "text/css")):
            continue
        for address in loads.findall(page.text):
            assert address.startswith(client.origin), address
            path = address.removeprefix(client.origin)
            if path.startswith("/static/") and path not in seen:
                seen.add(path)
                waiting.append(path)
    assert len(seen) > 20


def test_no_page_of_the_library_has_a_handler_that_is_not_allowed() -> None:
    """The policy lets two handlers in attributes run: a third in a new version of the library would do nothing."""
    found = {
        handler
        for template in _templates(files("starlette_admin") / "templates")
        for handler in re.findall(r"""\son[a-z]+="([^"]*)\"""", template.read_text())
    }
    assert found == set(HANDLERS)


def _templates(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in folder.iterdir():
        found += _templates(entry) if entry.is_dir() else [entry]
    return found


@engines
def test_the_studio_is_the_role_of_functions(client: Client, rows: Database) -> None:
    """Its connections are `app`'s, which makes no table and sees no revision."""
    assert client.get("/").status == 200
    with rows.engine.connect() as connection:
        asked = text("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> :own")
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        users = set(connection.execute(asked, {"own": own}).scalars())
    assert "app" in users


@given(
    st.sampled_from([b"origin", b"referer", b"sec-fetch-site"]),
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=30),
)
def test_only_our_own_origin_is_ours(name: bytes, value: str) -> None:
    """Whatever a header says of where a request comes from, it is ours only if it says so exactly."""
    ours = {b"origin": "http://127.0.0.1:8000", b"sec-fetch-site": "same-origin"}
    said = is_same_origin([HOST, (name, value.encode("latin-1"))], "http")
    assert not said or value.lower() == ours.get(name) or value.lower().startswith("http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ([(b"origin", b"http://127.0.0.1:8000")], True),
        ([(b"origin", b"http://127.0.0.1:8000"), (b"sec-fetch-site", b"same-origin")], True),
        ([(b"sec-fetch-site", b"same-origin")], True),
        ([(b"referer", b"http://127.0.0.1:8000/gallery_albums/create")], True),
        ([(b"referer", b"http://127.0.0.1:8000.evil.example/")], False),
        ([(b"referer", b"http://evil.example/http://127.0.0.1:8000")], False),
        ([(b"origin", b"http://127.0.0.1:8000"), (b"origin", b"http://evil.example")], False),
        ([(b"origin", b"http://127.0.0.1:8000"), (b"host", b"evil.example")], False),
        ([], False),
    ],
)
def test_where_a_write_comes_from(headers: list[tuple[bytes, bytes]], ours: bool) -> None:  # noqa: FBT001  # the case
    """Each way in which a browser says it counts, and one that contradicts it counts more."""
    assert is_same_origin([HOST, *headers], "http") is ours
