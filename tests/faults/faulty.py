"""Functions on engines that fail on demand, reached directly and through proxies that fail on demand."""

import dataclasses
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core import PasswordFile, Postgres, Redis
from core.manifest import Function
from functions.manifest import FUNCTIONS
from local.engines import EngineName
from local.proxy import Forward, Proxy
from local.serving import principals
from local.stage import Stage, Unwatched
from local.testing import Host

ENGINES: tuple[EngineName, ...] = ("opensearch", "postgres", "redis")


@dataclass(frozen=True)
class Faulty:
    """A stage whose engines and network fail on demand.

    Attributes:
        stage: the engines.
        direct: the functions, connected to the engines themselves.
        proxied: the functions, connected through the proxies.
        proxies: the proxy before each engine.
        passwords: the password file that the proxied functions use, for each engine that has one.
    """

    stage: Stage
    direct: Host
    proxied: Host
    proxies: Mapping[EngineName, Proxy]
    passwords: Mapping[EngineName, Path]

    def heal(self) -> None:
        """Take every fault away."""
        for name, proxy in self.proxies.items():
            proxy.switch(Forward())
            engine = self.stage.engine(name)
            engine.thaw()
            if not engine.is_running:
                engine.start(Unwatched().download)
        for name, file in self.passwords.items():
            write_secret(file, password_file(self.stage, name).read_text())

    def current_passwords(self) -> list[str]:
        """Return the passwords of the application."""
        return [password_file(self.stage, name).read_text().strip() for name in self.passwords]

    def secrets(self) -> tuple[str, ...]:
        """Return what no answer may contain: passwords, hosts, ports, users, and pieces of a traceback."""
        passwords = self.current_passwords()
        ports = [str(self.stage.engine(name).port) for name in ENGINES]
        return (
            *passwords,
            *ports,
            *(str(proxy.port) for proxy in self.proxies.values()),
            "127.0.0.1",
            "Traceback",
            "app",
        )


@contextmanager
def faulty_stage(stage: Stage, folder: Path) -> Generator[Faulty]:
    """Start a stage and serve the functions on it twice, directly and through proxies.

    Args:
        stage: the stage, not started yet.
        folder: for the functions' code and the proxied functions' password files.
    """
    with ExitStack() as context:
        context.enter_context(stage)
        proxies: dict[EngineName, Proxy] = {
            name: context.enter_context(Proxy("127.0.0.1", stage.engine(name).port)) for name in ENGINES
        }
        passwords: dict[EngineName, Path] = {}
        for name in ("postgres", "redis"):
            passwords[name] = folder / f"{name}-password"
            write_secret(passwords[name], password_file(stage, name).read_text())
        given = {"direct": stage.links, "proxied": _through(stage, proxies, passwords)}
        direct, proxied = (
            context.enter_context(Host(FUNCTIONS, links=links, credentials=principals(stage), folder=folder / name))
            for name, links in given.items()
        )
        yield Faulty(stage, direct, proxied, proxies, passwords)


def _through(
    stage: Stage, proxies: Mapping[EngineName, Proxy], passwords: Mapping[EngineName, Path]
) -> Callable[[Function], Mapping[str, str]]:
    """Return what gives a function its links with the proxies' ports and the tests' password files."""

    def links(function: Function) -> Mapping[str, str]:
        changed: dict[str, str] = {}
        for access in function.links:
            link = access.link.kind.decode(access.link.name, stage.links(function)[access.link.variable])
            if isinstance(link, Postgres):
                auth = PasswordFile(str(passwords["postgres"]))
                text = dataclasses.replace(link, port=proxies["postgres"].port, auth=auth).encode()
            elif isinstance(link, Redis):
                auth = PasswordFile(str(passwords["redis"]))
                text = dataclasses.replace(link, port=proxies["redis"].port, auth=auth).encode()
            else:
                text = dataclasses.replace(link, port=proxies["opensearch"].port).encode()
            changed[access.link.variable] = text
        return changed

    return links


def password_file(stage: Stage, name: EngineName) -> Path:
    """Return the stage's own password file of the application at an engine."""
    (function,) = FUNCTIONS
    given = stage.links(function)
    for access in function.links:
        link = access.link.kind.decode(access.link.name, given[access.link.variable])
        wanted = Postgres if name == "postgres" else Redis
        if isinstance(link, wanted):
            assert isinstance(link.auth, PasswordFile)
            return Path(link.auth.path)
    raise AssertionError(f"the function has no link to {name}")


def write_secret(file: Path, text: str) -> None:
    """Write a file that nobody else may read."""
    file.touch(mode=0o600)
    file.write_text(text)
