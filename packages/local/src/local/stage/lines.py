"""How a person reaches the engines: lines to paste into a shell, none with a password in it."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from local.aws import REGION
from local.engines import EngineName

from .links import HOST
from .passwords import Passwords


@dataclass(frozen=True, slots=True)
class Line:
    """One way to reach an engine.

    Attributes:
        engine: which.
        what: what it gives, in a few words.
        url: where it is.
        command: what to paste into a shell.
    """

    engine: EngineName
    what: str
    url: str
    command: str


def lines(ports: dict[EngineName, int], databases: tuple[str, ...], passwords: Passwords) -> tuple[Line, ...]:
    """Return the lines of a stage.

    Args:
        ports: the port of each engine.
        databases: PostgreSQL's databases.
        passwords: the files of their users' passwords.
    """
    postgres, redis, opensearch, s3 = (ports[name] for name in ("postgres", "redis", "opensearch", "s3"))
    pgpass = f"PGPASSFILE={_quoted(passwords.folder / 'pgpass')}"
    found: list[Line] = []
    for database in databases:
        for role in ("app", "owner"):
            url = f"postgresql://{role}@{HOST}:{postgres}/{database}"
            found.append(Line("postgres", f"PostgreSQL, {database} as {role}", url, f"{pgpass} psql {url}"))
    password = f'REDISCLI_AUTH="$(cat {_quoted(passwords.redis_file("app"))})"'
    client = f"{password} redis-cli -h {HOST} -p {redis} --user app"
    search, files = f"http://{HOST}:{opensearch}", f"http://{HOST}:{s3}"
    keys = f"AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION={REGION}"
    return (
        *found,
        Line("redis", "Redis as app", f"redis://app@{HOST}:{redis}", client),
        Line("opensearch", "OpenSearch", search, f"curl -s '{search}/_cluster/health?pretty'"),
        Line("s3", "S3", files, f"{keys} aws --endpoint-url {files} s3 ls"),
    )


def as_text(found: tuple[Line, ...]) -> str:
    """Return the lines as the text of a file."""
    head = "# How to reach the engines of this stage; written at each start.\n"
    return head + "".join(f"\n# {line.what}: {line.url}\n{line.command}\n" for line in found)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
