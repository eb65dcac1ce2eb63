"""`generate`: revisions from the models."""

from typing import TYPE_CHECKING

import pytest

from db.migrating import MIGRATIONS
from db.migrating.talking import opened

if TYPE_CHECKING:
    from .conftest import Checkout


@pytest.mark.engines
def test_generate_with_nothing_changed_writes_nothing(checkout: "Checkout") -> None:
    """It says so, with PostgreSQL alone, whose databases are gone afterwards."""
    before = sorted((MIGRATIONS / "versions").iterdir())
    done = checkout.run("generate", "nothing")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the migrations make what the models say: nothing was written\n"
    assert sorted((MIGRATIONS / "versions").iterdir()) == before
    assert "opensearch" not in done.stderr
    with checkout.database() as link, opened(link) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'scratch%'").fetchall()
    assert left == []


@pytest.mark.slow
def test_generate_without_words_is_refused_in_a_line(checkout: "Checkout") -> None:
    """A message that names nothing is an error before anything is started, which says what to give."""
    line = checkout.refused("generate", "  ")
    assert "nox -s generate --" in line
    assert not (checkout.folder / ".local" / "start.lock").exists()


@pytest.mark.engines
def test_models_that_postgresql_does_not_take_are_an_error_in_a_line(checkout: "Checkout") -> None:
    """Whoever has just written them learns what is wrong with them, from `push` too; nothing was written."""
    models = checkout.own_db() / "models" / "wishlist.py"
    source = models.read_text()
    assert "CheckConstraint(" not in source
    models.write_text(
        source + "\nfrom sqlalchemy import DDL, event\n"
        "event.listen(WishlistItem.__table__, 'after_create', DDL('SELECT nothing'))\n"
    )
    for command in (("generate", "more"), ("push",)):
        done = checkout.run(*command)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        assert 'the models can\'t be put into a database: PostgreSQL: column "nothing" does not exist' in error
