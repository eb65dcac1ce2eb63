"""The studio in a real browser, as a person uses it; Chromium is the system's own.

`pytest packages/db/tests/studio/test_browser.py --picture docs/images/studio.png` makes the picture of the docs.
"""

import os
import re
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from db.models import GalleryAlbum, GalleryImage, MocFile, MocInstruction
from db.seed import seed
from local.stage import Stage

from .conftest import Client, Database, open_database, open_studio

pytestmark = pytest.mark.engines

USERS = 40
"""Users of the sample data: enough for several pages of everything."""
PATIENCE = 15_000
"""Milliseconds that a page may take to come to where a test wants it; the machine may be busy."""
ARGUMENTS = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
"""A container's shared memory is small, and Chromium's sandbox refuses root."""


@pytest.fixture(scope="module")
def rows(stage: Stage) -> Generator[Database]:
    """Return a database of this module's own, with sample data."""
    with open_database(stage) as database:
        seed(database.link, USERS)
        yield database


@pytest.fixture(scope="module")
def client(stage: Stage, rows: Database) -> Generator[Client]:
    """Return where its studio is."""
    with open_studio(stage, rows) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Return the system's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on the PATH: install one, on Debian and Ubuntu by `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, client: Client) -> Generator[Page]:
    """Return a page of a browser that has not been here; at the end, it has complained of nothing and gone nowhere."""
    said: list[str] = []
    asked: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # That a form was refused is what the test wanted; Chromium reports the status of every page.
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            said.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{client.origin}/", "data:")):
            asked.append(request.url)

    context = browser.new_context(base_url=client.origin, viewport={"width": 1280, "height": 720})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", on_console)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", on_request)
    yield page
    context.close()
    assert not said
    assert not asked


@pytest.fixture(autouse=True)
def patience() -> None:
    """Give every expectation the same time."""
    expect.set_options(timeout=PATIENCE)


def listed(page: Page) -> Locator:
    """Return the rows of a list."""
    return page.locator("table.studio-list tbody tr[data-sa-pk]")


def choose(page: Page, name: str, title: str) -> None:
    """Choose a row in a picker, by typing a part of its title."""
    page.locator(f"#{name} + .select2").click()
    page.locator(".select2-search__field").last.fill(title)
    page.locator(".select2-results__option", has_text=title).first.click()
    expect(page.locator(f"#{name} + .select2 .select2-selection__rendered")).to_contain_text(title)


def save(page: Page) -> None:
    """Press the form's button."""
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_list_is_searched_filtered_sorted_and_paged(page: Page, client: Client) -> None:
    """From the first page to the images, and there to what one looks for, by mouse and keyboard alone."""
    page.goto("/")
    page.locator("a.card-link[href$='/gallery_images/list']").click()
    expect(listed(page)).to_have_count(25)

    first = listed(page).first.get_attribute("data-sa-pk")
    page.get_by_label("Next page").click()
    expect(page).to_have_url(re.compile(r"[?&]page=2"))
    expect(listed(page)).to_have_count(25)
    assert listed(page).first.get_attribute("data-sa-pk") != first

    page.locator("th[data-column=title] a").first.click()
    expect(page).to_have_url(re.compile("sort=title__asc"))
    titles = page.locator("td[data-column=title]").all_inner_texts()
    assert len(titles) == 25

    word = titles[0].split()[-1]
    page.get_by_label("Search in list").fill(word)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    expect(listed(page).first).to_be_visible()

    page.goto("/gallery_images/list")
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("Field", exact=True).last.select_option(label="Flagged")
    page.get_by_label("Filter", exact=True).last.select_option("is_true")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile("filter=flagged__is_true"))
    shown = [row.get_attribute("data-sa-pk") for row in listed(page).all()]
    assert shown == client.get("/gallery_images/list", filter="flagged__is_true").rows != []


def test_the_columns_and_the_size_of_a_page_are_chosen(page: Page) -> None:
    """The two controls whose handlers stand in attributes work under the policy."""
    page.goto("/moc_instructions/list")
    page.get_by_label("Page size").select_option(label="10")
    expect(listed(page)).to_have_count(10)
    page.get_by_role("button", name="Columns").click()
    page.locator('[data-sa-hook="column-visibility-toggle"][value=brand]').uncheck()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("th[data-column=title]")).to_be_visible()
    expect(page.locator("th[data-column=brand]")).to_have_count(0)


def test_an_album_is_made_mended_edited_and_deleted(page: Page, rows: Database) -> None:
    """With a cover chosen by its title; what is refused is said at the input, and nothing typed is lost."""
    image = rows.add(GalleryImage, "Portcullis at dusk")
    page.goto("/gallery_albums/list")
    page.get_by_role("link", name="New album").click()
    page.locator("#title").fill("Gates and bridges")
    page.locator("#user_id").fill("browser")
    page.locator("#description").fill("Of stone,\nand of wood.")
    choose(page, "cover_image", "Portcullis at")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("was added successfully")
    (album,) = rows.all(GalleryAlbum, user_id="browser")
    assert (album.title, album.cover_image_id) == ("Gates and bridges", image.id)
    assert album.description == "Of stone,\nand of wood."

    page.goto(f"/gallery_albums/edit?pk={album.id}")
    expect(page.locator("#cover_image + .select2")).to_contain_text("Portcullis at dusk")
    page.locator("#title").fill("Gates")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("was changed successfully")
    assert rows.get(GalleryAlbum, album.id).title == "Gates"

    rows.add(GalleryImage, album_id=album.id)
    page.goto("/gallery_albums/list?q=browser")
    listed(page).get_by_title("Delete").click()
    expect(page.get_by_role("alert")).to_have_text("1 image stays, without album.")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_contain_text("“Gates” is deleted.")
    expect(listed(page)).to_have_count(0)
    assert rows.get(GalleryAlbum, album.id) is None


def test_a_refusal_of_the_database_keeps_what_was_typed(page: Page, rows: Database) -> None:
    """A title that is taken: the form comes back with everything in it, is mended and saved."""
    taken = rows.add(MocInstruction, "Lighthouse")
    page.goto("/moc_instructions/create")
    page.locator("#title").fill("Lighthouse")
    page.locator("#user_id").fill(taken.user_id)
    page.locator("#author").fill("Ada")
    page.locator("#parts_count").fill("twelve")
    page.locator("#uploaded_date").fill("2026-05-17")
    page.locator("#tags + .select2 .select2-search__field").type("coast\n")
    page.locator("#tags + .select2 .select2-search__field").type("white, red\n")
    page.locator("#retired").select_option(label="no")
    save(page)
    expect(page.locator("#parts_count-error")).to_have_text("“twelve” is no whole number.")
    expect(page.locator("#parts_count")).to_have_value("twelve")
    page.locator("#parts_count").fill("12")
    save(page)
    expect(page.locator("#title-error")).to_contain_text("There is already a MOC or set with this")
    expect(page.locator("#title")).to_have_value("Lighthouse")
    expect(page.locator("#author")).to_have_value("Ada")
    expect(page.locator("#uploaded_date")).to_have_value("2026-05-17")
    expect(page.locator("#tags")).to_have_values(["coast", "white, red"])
    expect(page.locator("#retired")).to_have_value("False")
    page.locator("#title").fill("Lighthouse, small")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("was added successfully")
    (made,) = rows.all(MocInstruction, title="Lighthouse, small")
    assert (made.parts_count, made.tags, made.retired) == (12, ["coast", "white, red"], False)


def test_selected_rows_are_deleted_after_a_warning(page: Page, rows: Database) -> None:
    """Rows are ticked in a list; the page says what goes with them before they are gone."""
    mocs = [rows.add(MocInstruction, f"Demolished {number}", user_id="browser") for number in range(2)]
    for moc in mocs:
        rows.add(MocFile, moc_id=moc.id)
    page.goto("/moc_instructions/list?q=Demolished")
    page.get_by_label("Select all rows").check()
    page.get_by_role("button", name="With selected").click()
    page.locator('#actions-dropdown [data-sa-name="delete"]').click()
    expect(page.get_by_role("alert")).to_have_text("2 files go with them.")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_contain_text("2 MOCs and sets are deleted.")
    assert not rows.all(MocInstruction, user_id="browser")


def test_a_form_that_was_open_during_a_restart_can_be_sent(browser: Browser, stage: Stage, rows: Database) -> None:
    """The studio keeps no secret that a form would have to know: who restarts `dev` loses nothing typed."""
    with open_studio(stage, rows) as before:
        page = browser.new_page(base_url=before.origin)
        page.goto("/gallery_albums/create")
        page.locator("#title").fill("Open all the while")
        page.locator("#user_id").fill("patient")
    with open_studio(stage, rows, port=before.port):
        save(page)
        expect(page.get_by_role("alert")).to_contain_text("was added successfully")
        page.close()
    assert len(rows.all(GalleryAlbum, user_id="patient")) == 1


def test_the_picture_of_the_docs(page: Page, request: pytest.FixtureRequest) -> None:
    """A list with sample data, small enough to be kept; it is only written where that is asked for."""
    page.goto("/moc_instructions/list?sort=title__asc&filter=title__contains=castle AND brand__eq=LEGO")
    expect(listed(page).nth(5)).to_be_visible()
    page.get_by_label("Search in list").blur()
    page.set_viewport_size({"width": 1280, "height": 520})
    picture = page.screenshot()
    assert len(picture) < 150_000
    wanted: str | None = request.config.getoption("--picture", default=None)
    if wanted:
        Path(wanted).parent.mkdir(parents=True, exist_ok=True)
        Path(wanted).write_bytes(picture)
