"""What a stage consists of, and each of its engines as it is found."""

from dataclasses import dataclass
from pathlib import Path

from local.artifacts import Cache, this_platform
from local.engines import (
    Definition,
    Engine,
    EngineName,
    Identity,
    OpenSearchServer,
    PostgresServer,
    RedisServer,
    S3Server,
    Site,
    engine_account,
)

from .passwords import Passwords
from .ports import claim
from .state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a stage consists of.

    Attributes:
        stage: its folder.
        data: the folder of its engines' data.
        cache: where the engines' programs are.
        databases: PostgreSQL's databases.
        buckets: the buckets of S3.
    """

    stage: Path
    data: Path
    cache: Cache
    databases: tuple[str, ...]
    buckets: tuple[str, ...]

    @property
    def passwords(self) -> Passwords:
        """The passwords of the engines' users."""
        return Passwords(self.stage / "secrets")

    @property
    def state(self) -> State:
        """What runs."""
        return State(self.stage)

    def as_noted(self, name: EngineName) -> Engine:
        """Return an engine to stop or to throw away: on whatever port it was."""
        return self._engine(name, self.state.port(name) or 0)

    def to_use(self, name: EngineName) -> Engine:
        """Return an engine to use: on the port that it runs on, or else on the one it is to run on.

        Raises:
            StageFolderError: no port is free.
        """
        noted = self.as_noted(name)
        return noted if noted.is_running else self._engine(name, claim(self.stage, name))

    def _engine(self, name: EngineName, port: int) -> Engine:
        site = Site(
            engine=name,
            folder=self.data / name,
            log=self.stage / "logs" / f"{name}.log",
            port=port,
            account=None if name == "s3" else engine_account(),
            cache=self.cache,
            platform=this_platform(),
        )
        return Engine(self._definition(site), _Noted(self.state, name, port))

    def _definition(self, site: Site) -> Definition:
        match site.engine:
            case "opensearch":
                return OpenSearchServer(site=site)
            case "pgbouncer":
                raise ValueError("PgBouncer is no engine of a stage: `local.pooling` puts it before one")
            case "postgres":
                return PostgresServer(site=site, passwords=self.passwords.postgres(), databases=self.databases)
            case "redis":
                return RedisServer(site=site, passwords=self.passwords.redis())
            case "s3":
                return S3Server(site=site, buckets=self.buckets)


@dataclass(frozen=True, slots=True)
class _Noted:
    """The register of one engine, in the state that all users of the stage share."""

    state: State
    engine: EngineName
    port: int

    def process(self) -> Identity | None:
        return self.state.process(self.engine)

    def note(self, process: Identity | None) -> None:
        self.state.note(self.engine, process, self.port)
