"""PgBouncer put before the PostgreSQL of a stage, for tests and benches."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core import Postgres, Resources
from core.connections.sign_in import password

from .engines import Engine, Memory, PgBouncer

if TYPE_CHECKING:
    from .stage import Stage


@dataclass(frozen=True, slots=True)
class Pooler:
    """A running PgBouncer.

    Attributes:
        engine: it, to look at or to do something to.
    """

    engine: Engine

    def through(self, link: Postgres) -> Postgres:
        """Return a link to the same database, as the same user, that leads through it."""
        return replace(link, port=self.engine.port)


@contextmanager
def pooled(
    stage: "Stage", *, name: str = "pgbouncer", connections: int = 20, clients: int = 1000, wait: int = 10
) -> Generator[Pooler]:
    """Run PgBouncer before a stage's PostgreSQL while the block runs.

    Args:
        stage: a stage whose PostgreSQL runs.
        name: tells one from others before the same stage: its port, folder and log are kept under it.
        connections: how many it opens to PostgreSQL, at most, for each database and user.
        clients: how many may be connected to it at once.
        wait: seconds that a client waits for a connection before it is turned away.

    Raises:
        EngineError: it is not installed, or does not start.
    """
    postgres = stage.engine("postgres")
    beside = postgres.definition.site
    site = replace(
        beside,
        engine="pgbouncer",
        folder=beside.folder.with_name(name),
        log=beside.log.with_name(f"{name}.log"),
        port=stage.port(name),
    )
    admin = password(stage.postgres(Resources.MyPostgres, "admin"))
    definition = PgBouncer(
        site=site, server_port=postgres.port, password=admin, connections=connections, clients=clients, wait=wait
    )
    engine = Engine(definition, Memory())
    engine.clear()  # of a run that was killed
    engine.start()
    try:
        yield Pooler(engine)
    finally:
        engine.wipe()
