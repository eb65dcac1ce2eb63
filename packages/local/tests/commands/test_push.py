"""`push`: the models straight to the local database."""

import signal
from typing import TYPE_CHECKING

import pytest

from db.migrating import MIGRATIONS, database_heads
from db.migrating.standing import heads_in
from db.migrating.talking import opened
from db.pushing import was_pushed

from .conftest import wait_for

if TYPE_CHECKING:
    from .conftest import Checkout


@pytest.mark.slow
def test_push_is_for_the_local_database_only(checkout: "Checkout") -> None:
    """Any other stage is refused in a line that says what does it there, before anything is started."""
    line = checkout.refused("push", "staging")
    assert "nox -s migrate -- staging" in line
    assert not (checkout.folder / ".local" / "start.lock").exists()


@pytest.mark.engines
def test_push_shows_what_it_does_and_loses_nothing_unasked(checkout: "Checkout") -> None:
    """An empty database comes to head; what a column holds is lost only if someone says that it may be."""
    first = checkout.run("push")
    assert first.returncode == 0, first.stderr
    assert first.stdout.endswith("the local database is what the models say: nothing to push\n")
    with checkout.database() as link:
        with opened(link) as connection:
            connection.execute("ALTER TABLE moc_files ADD COLUMN note text")
            connection.execute("DROP INDEX ix_moc_instructions_title")
        refused = checkout.run("push")
        assert refused.returncode == 1
        assert "ALTER TABLE moc_files DROP COLUMN note;" in refused.stdout.splitlines()
        (line,) = (line for line in refused.stderr.splitlines() if line.startswith("error: "))
        assert "column note of moc_files and what is in it" in line
        assert "--accept-data-loss" in line
        assert not was_pushed(link)
        done = checkout.run("push", "--accept-data-loss")
        assert done.returncode == 0, done.stderr
        assert "CREATE INDEX ix_moc_instructions_title ON moc_instructions (title);" in done.stdout.splitlines()
        assert done.stdout.endswith("what its revision makes: there is nothing to generate\n")
        assert not was_pushed(link)
        assert database_heads(link) == heads_in(MIGRATIONS)
        again = checkout.run("push")
    assert again.stdout == "the local database is what the models say: nothing to push\n"


@pytest.mark.engines
def test_a_database_that_is_behind_is_migrated_before_anything_is_pushed(checkout: "Checkout") -> None:
    """What a revision does to rows is done by nothing else: a push that makes its schema must not stand for it."""
    checkout.own_db()
    head = checkout.run("migrate").stdout.splitlines()[-1].split()[2].removesuffix(",")
    checkout.add_revision(head, "op.execute(\"INSERT INTO gallery_albums (user_id, title) VALUES ('a', 'b')\")")
    done = checkout.run("push", "--accept-data-loss")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ofatest applied in ")
    assert "DROP TABLE of_a_test;" in done.stdout.splitlines()
    checkout.execute("DO $$ BEGIN ASSERT (SELECT count(*) FROM gallery_albums) = 1; END $$")
    history = checkout.run("history").stdout.splitlines()
    assert history[-2:] == ["pushed to: differs from its revision", "at head"]


@pytest.mark.engines
def test_what_was_changed_by_hand_as_the_models_say_is_known_to_have_been(checkout: "Checkout") -> None:
    """There is nothing left to push, but a revision to write, which must not be applied to this database then."""
    checkout.own_db()
    head = checkout.run("migrate").stdout.splitlines()[-1].split()[2].removesuffix(",")
    checkout.add_revision(head)
    assert checkout.run("migrate").returncode == 0
    checkout.execute("DROP TABLE of_a_test")
    done = checkout.run("push")
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.splitlines()
    assert last.startswith("the local database is what the models say: nothing to push; `nox -s generate")
    with checkout.database() as link:
        assert was_pushed(link)


@pytest.mark.engines
@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_it_can_be_ended_behind_a_lock(checkout: "Checkout", number: signal.Signals, name: str) -> None:
    """Nothing is done, a line says so, and the exit code is that of an interrupt."""
    assert checkout.run("migrate").returncode == 0
    with checkout.database() as link, opened(link) as connection:
        connection.execute("DROP INDEX ix_moc_instructions_title")
        connection.execute("BEGIN; LOCK TABLE moc_instructions IN EXCLUSIVE MODE")
        process = checkout.start("push")
        waiting = (
            "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
        )
        wait_for(lambda: connection.execute(waiting).fetchone() is not None)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
        connection.execute("ROLLBACK")
        assert process.returncode == 130, output
        assert f"{name}: stopped with nothing changed; running it again goes on from there" in output.splitlines()
        assert not was_pushed(link)
