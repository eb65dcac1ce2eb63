"""Writing the revisions that bring the migrations to the models."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.util import rev_id
from sqlalchemy import Connection, MetaData

from core import Postgres
from db.comparing import Catalog, Difference, build, differences, looking_at, read
from db.migrating import MIGRATIONS, MigrationError, Stop, StoppedError, downgrade, upgrade
from db.models import Base

from .changes import changes
from .errors import RevisionDoesNotRunError
from .formatting import formatted
from .naming import checked
from .parts import Part, parts
from .reviewing import Warned, warned, with_comments
from .tables import without_redundant
from .writing import Draft, rendered, write


@dataclass(frozen=True, slots=True)
class NothingChanged:
    """The migrations make what the models say: nothing was written."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A change was written.

    Attributes:
        files: its revisions, in their order: one, unless some of it has to be done apart.
        warnings: what a person should look at before they keep them.
    """

    files: tuple[Path, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Schemas:
    """What the models are in a database, and what the migrations make."""

    wanted: Catalog
    present: Catalog

    @property
    def live(self) -> frozenset[str]:
        """The tables that there are, and that stay."""
        return frozenset(thing.name for thing in {*self.wanted} & {*self.present} if thing.kind == "table")


def generate(  # noqa: PLR0913  # three of them, and options that are all named
    message: str,
    model: Postgres,
    migrated: Postgres,
    *,
    folder: Path = MIGRATIONS,
    metadata: MetaData | None = None,
    stop: Stop | None = None,
) -> Generated | NothingChanged:
    """Write the revisions that bring the migrations to the models, unless they are there.

    They are applied to an empty database, looked at, and taken back. What they leave to be done is a warning: the
    files are kept for a person to finish.

    Args:
        message: what changes, in a few words.
        model: an empty database, as its owner, which the models are put into.
        migrated: another, which the migrations are applied to.
        folder: the migrations.
        metadata: the models; those of the application if not given.
        stop: ends it from another thread; nothing is left written then.

    Raises:
        MessageError: the message makes no name.
        FileThereError: there is a revision of today by that name.
        RevisionDoesNotRunError: what was written does not run; it was kept.
        MigrationError: the migrations that there are do not run; `StoppedError` if `stop` was set.
        ModelsError: PostgreSQL or SQLAlchemy does not take the models.
        UnreadableError: what makes the schema another can't be told.
        ConnectionFailedError: a database does not answer in time.
    """
    sentence = checked(message)
    metadata = Base.metadata if metadata is None else metadata
    wanted = _built(model, metadata)
    before = upgrade(migrated, folder=folder, stop=stop).after
    schemas = _Schemas(wanted, _catalog(migrated))
    if not differences(schemas.wanted, schemas.present):
        return NothingChanged()
    drafts, warnings = _drafts(sentence, before, migrated, metadata, schemas)
    files = _written(drafts, folder)
    if not formatted(files):
        warnings.append("what was written is not formatted, as ruff is not installed: `nox -s fmt` does that")
    try:
        left = _tried(migrated, folder, schemas, stop)
    except StoppedError:
        for file in files:
            file.unlink()
        raise
    except MigrationError as error:
        raise RevisionDoesNotRunError(files, str(error), warnings) from error
    return Generated(files, (*warnings, *left))


def _drafts(
    message: str, before: str | None, migrated: Postgres, metadata: MetaData, schemas: _Schemas
) -> tuple[list[Draft], list[str]]:
    with looking_at(migrated) as connection:
        operations = changes(connection, metadata, schemas.wanted, schemas.present)
        warnings = warned(operations, schemas.wanted, schemas.present)
        # Something that can't be written is a revision for a person to fill in.
        found = parts(operations, schemas.live) or [Part("", ())]
        drafts = _chained(message, before, found, warnings, connection)
        return drafts, [warning.text for warning in warnings]


def _chained(
    message: str, before: str | None, found: Sequence[Part], warnings: Sequence[Warned], connection: Connection
) -> list[Draft]:
    context = MigrationContext.configure(connection)
    drafts: list[Draft] = []
    for number, part in enumerate(found, 1):
        back = ops.UpgradeOps(part.operations).reverse().ops
        draft = Draft(
            message=message,
            part=part.name,
            number=f"{number:0{len(str(len(found)))}}" if len(found) > 1 else "",
            revision=rev_id(),
            after=drafts[-1].revision if drafts else before,
            upgrades=rendered(context, [*with_comments(without_redundant(part.operations), warnings)]),
            downgrades=rendered(context, without_redundant(back)),
            concurrent=part.concurrent,
        )
        drafts.append(draft)
    return drafts


def _written(drafts: Sequence[Draft], folder: Path) -> tuple[Path, ...]:
    files: list[Path] = []
    try:
        for draft in drafts:
            files.append(write(draft, folder, datetime.now(UTC).date()))  # noqa: PERF401  # they are removed on an error
    except BaseException:
        for file in files:
            file.unlink()
        raise
    return tuple(files)


def _tried(migrated: Postgres, folder: Path, schemas: _Schemas, stop: Stop | None) -> list[str]:
    """Apply what was written and take it back; return what that leaves to be done."""
    before = upgrade(migrated, folder=folder, stop=stop).before
    up = differences(schemas.wanted, _catalog(migrated))
    downgrade(migrated, before or "base", folder=folder, stop=stop)
    down = differences(schemas.present, _catalog(migrated))
    return [
        *_left("not all of it was written", up, "the models"),
        *_left("the way back does not lead all the way", down, "the revision before"),
    ]


def _left(what: str, left: Sequence[Difference], first: str) -> list[str]:
    return [f"{what}: {difference.line(first, 'what was written')}" for difference in left]


def _catalog(link: Postgres) -> Catalog:
    with looking_at(link) as connection:
        return read(connection)


def _built(link: Postgres, metadata: MetaData) -> Catalog:
    with looking_at(link) as connection:
        build(connection, metadata)
        return read(connection)
