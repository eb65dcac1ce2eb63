"""The examples of `docs/database.md`, on the genuine database."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clone import ROOT
from core import Postgres, Resource, Resources
from core.connections import postgres
from db.engine import session
from db.migrating import MIGRATIONS, history, is_at_head, upgrade
from db.migrating.standing import heads_in
from db.models import WishlistItem
from local.stage import Stage

pytestmark = pytest.mark.engines

PAGE = (ROOT / "docs" / "database.md").read_text()
IN_TIME = SimpleNamespace(get_remaining_time_in_millis=lambda: 10_000)


def example(holds: str) -> str:
    """Return the one Python example of the page that holds a text."""
    blocks = re.findall(r"^( *)```python\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    (found,) = [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in blocks if holds in text]
    return found


def names_of(source: str) -> dict[str, Any]:
    """Run an example and return what it defines."""
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102  # our own page
    return names


def test_the_handler_lists_what_a_user_wishes_for_in_their_order(database: Postgres) -> None:
    """The function of the page runs as it is, on a database at head, as the application."""
    handler = cast("Callable[[object, object], list[str]]", names_of(example("def handler"))["handler"])
    with Resources.MyPostgres.override(database):
        assert Resource.MyPostgres.user == "app"
        with session() as opened:
            opened.add_all(
                WishlistItem(user_id="page", title=title, sort_order=order)
                for order, title in ((2, "Castle"), (1, "Ship"))
            )
        try:
            assert handler({"pathParameters": {"user": "page"}}, IN_TIME) == ["Ship", "Castle"]
        finally:
            with session() as opened:
                opened.query(WishlistItem).filter_by(user_id="page").delete()
            postgres.close_connections()


def test_the_concurrent_revision_goes_up(scratch: Callable[[], Postgres], tmp_path: Path) -> None:
    """The revision of the page, with the ids that `generate` gives it, makes its index."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (before,) = heads_in(folder)
    revision = f'"""Index themes."""\n\nrevision = "ofthepage"\ndown_revision = "{before}"\n\n{example("concurrent")}'
    (folder / "versions" / "of_the_page.py").write_text(revision)
    link = scratch()
    upgrade(link, folder=folder)
    assert is_at_head(link, folder=folder)
    assert [listed.revision for listed in history(link, folder=folder) if listed.current] == ["ofthepage"]


def test_the_recorder_runs(stage: Stage) -> None:
    """What a reader would hold their own functions against is there, by the names that the page says."""
    names_of(example("pins(statements)"))["test_my_function_pins_nothing"](stage)
