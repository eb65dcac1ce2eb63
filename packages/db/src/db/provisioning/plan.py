"""Which steps there are, in which order, and how long each may take.

The function has ten minutes (`functions.manifest`). Waiting ends sooner than that, so that there is time to say why.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core import Postgres
from db.migrating import MIGRATIONS

from .application_role import ensure_application_role
from .engines import Engines, Patience, wait_for_all, wait_for_database
from .schema import bring_to_head
from .search_roles import FunctionRole, ensure_search_roles
from .steps import Say, Step

_WAITING_SECONDS: Final = 310.0
_ROLE_SECONDS: Final = 60.0
_MIGRATING_SECONDS: Final = 540.0
"""As long as the function has, nearly: what comes later keeps its least."""
_SEARCH_SECONDS: Final = 120.0
_SEARCH_LEAST: Final = 40.0


def deployment(
    engines: Engines,
    functions: Sequence[FunctionRole],
    *,
    say: Say,
    patience: Patience | None = None,
    migrations: Path = MIGRATIONS,
) -> tuple[Step, ...]:
    """Return the steps of a deployment.

    Args:
        engines: what is provisioned.
        functions: what each function needs of OpenSearch.
        say: takes lines for a person.
        patience: how long to wait for engines.
        migrations: the folder of the migrations.
    """
    return (
        Step(
            name="engines",
            seconds=_WAITING_SECONDS,
            work=lambda until: wait_for_all(engines, until, patience=patience or Patience(), say=say),
        ),
        *_database(engines.postgres, migrations, say),
        Step(
            name="search roles",
            seconds=_SEARCH_SECONDS,
            least=_SEARCH_LEAST,
            work=lambda until: ensure_search_roles(engines.opensearch, functions, until),
        ),
    )


def migration(
    link: Postgres, *, say: Say, patience: Patience | None = None, migrations: Path = MIGRATIONS
) -> tuple[Step, ...]:
    """Return the steps that concern the database alone; arguments are those of `deployment`."""
    return (
        Step(
            name="database",
            seconds=_WAITING_SECONDS,
            work=lambda until: wait_for_database(link, until, patience=patience or Patience(), say=say),
        ),
        *_database(link, migrations, say),
    )


def _database(link: Postgres, migrations: Path, say: Say) -> tuple[Step, ...]:
    return (
        Step(name="application role", seconds=_ROLE_SECONDS, work=lambda until: ensure_application_role(link, until)),
        Step(
            name="migrations",
            seconds=_MIGRATING_SECONDS,
            work=lambda until: bring_to_head(link, until, folder=migrations, say=say),
        ),
    )
