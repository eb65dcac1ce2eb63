"""What a tunnel may lead to, from the links of the stage, and what is typed to use it."""

from dataclasses import dataclass
from typing import Final

from core import OpenSearch, Postgres, Resources
from core.names import link_output
from infra.deployed import DeployedStack

from .errors import UnreachableEngineError

ENGINES: Final = ("postgres", "redis", "opensearch")


@dataclass(frozen=True, slots=True)
class Target:
    """An engine behind the bastion.

    Attributes:
        host: its name, which certificates bear and tokens are signed for.
        port: its port there.
        link: its link.
    """

    host: str
    port: int
    link: Postgres | OpenSearch

    def ready(self, port: int) -> tuple[str, ...]:
        """Return lines to use it by a port of this machine: name, certificate and signature stay those of the host."""
        if isinstance(self.link, Postgres):
            return _psql(self.link, port)
        return _curl(self.link, port)


def target(engine: str, application: DeployedStack) -> Target:
    """Return what a tunnel to an engine leads to.

    Raises:
        UnreachableEngineError: the bastion is not let through to it.
        NotDeployedError: the stack does not tell the engine's link.
        MalformedLinkError: the link is not one.
    """
    match engine:
        case "postgres":
            name = Resources.MyPostgres.name
            link: Postgres | OpenSearch = Postgres.decode(name, application.output(link_output(name)))
        case "opensearch":
            name = Resources.MyOpenSearch.name
            link = OpenSearch.decode(name, application.output(link_output(name)))
        case _:
            raise UnreachableEngineError(engine)
    return Target(link.host, link.port, link)


def _psql(link: Postgres, port: int) -> tuple[str, ...]:
    token = (
        f"aws rds generate-db-auth-token --region {link.region} --hostname {link.host} --port {link.port} "
        f"--username {link.user}"
    )
    where = f"host={link.host} hostaddr=127.0.0.1 port={port} dbname={link.database} user={link.user}"
    return (
        "with psql 16 or newer, as a role that may rds-db:connect:",
        f'  PGPASSWORD="$({token})" psql "{where} sslmode=verify-full sslrootcert=system"',
    )


def _curl(link: OpenSearch, port: int) -> tuple[str, ...]:
    to = f"--connect-to {link.host}:{link.port}:127.0.0.1:{port}"
    sign = f'--aws-sigv4 "aws:amz:{link.region}:es" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    header = '-H "x-amz-security-token: $AWS_SESSION_TOKEN"'
    return (
        "with credentials of a role that OpenSearch has mapped, from `aws configure export-credentials --format env`:",
        f"  curl {to} {sign} {header} https://{link.host}:{link.port}/_cluster/health",
    )
