"""A stage: its engines, shared by every program that uses it, and the links that lead to them."""

import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.kinds import Bucket, Postgres
from core.links import Link
from core.manifest import Function
from core.resource import Resources
from local.artifacts import Cache
from local.engines import Engine, EngineName, PostgresRole
from local.errors import LocalError
from local.locks import CancelledError, exclusive
from local.paths import cache_folder, data_folder

from . import together
from .errors import StageInUseError
from .files import write
from .folder import folder_errors, make_folder
from .lines import Line, as_text, lines
from .links import Links, bucket_name, database_name
from .plan import Plan
from .ports import claim
from .principals import Principal, principal
from .together import Unwatched, Watcher
from .users import Use, User, users_of

ENGINES: tuple[EngineName, ...] = ("opensearch", "postgres", "redis", "s3")
"""Every engine, the slowest first: the others come up while it does."""
OPTIONAL: frozenset[EngineName] = frozenset(("opensearch", "s3"))
"""Without these a stage runs, degraded."""
LATE: frozenset[EngineName] = frozenset(("s3",))
"""These are not needed for an answer of `/health`, and come up after it."""

Prepare = Callable[["Stage"], object]
"""Makes an engine of a stage that is ready fit for use; may raise LocalError. `Stage.on_cancel` makes it give up."""


class Stage:
    """The local stage in a folder, used by this program together with others.

    The first user starts the engines, later ones join, and the last to leave stops them. A user that is killed
    has left: the kernel frees its hold. What it left running, as the last one, the next start ends.

    `with Stage(folder) as stage` starts every engine and leaves at the end.
    """

    def __init__(  # noqa: PLR0913 - one folder, and options that are all named
        self,
        directory: Path,
        *,
        user: str,
        about: str = "",
        engines: Sequence[EngineName] = ENGINES,
        data: Path | None = None,
        cache: Cache | None = None,
        links: Sequence[Link[Any]] | None = None,
        watcher: Watcher | None = None,
        prepare: Mapping[EngineName, "Prepare"] | None = None,
    ) -> None:
        """Describe a stage; nothing happens yet.

        Args:
            directory: its folder, `.local` of a checkout or a temporary one.
            user: the name of the program that uses it, shown to others: `dev`, `shell`.
            about: where that program can be found, shown likewise.
            engines: which engines this program needs.
            data: the folder of the engines' data, which `nobody` must reach where this runs as root; None for
                the usual one.
            cache: where the engines' programs are; None for the user's.
            links: the links to serve; None for all that are declared.
            watcher: is told what happens.
            prepare: what is to be done to an engine that is ready before the stage counts as started.
        """
        self.directory = directory.absolute()
        self._user, self._about = user, about
        self._wanted: list[EngineName] = [name for name in ENGINES if name in engines]
        self._links = Resources.declared() if links is None else tuple(links)
        self._watcher = watcher or Unwatched()
        self._prepare = dict(prepare or {})
        self._databases = tuple(database_name(link) for link in self._links if link.kind is Postgres)
        self._plan = Plan(
            stage=self.directory,
            data=data_folder(self.directory) if data is None else data.absolute(),
            cache=cache or Cache(cache_folder()),
            databases=self._databases,
            buckets=tuple(bucket_name(link) for link in self._links if link.kind is Bucket),
        )
        self._cancelled = threading.Event()
        self._on_cancel: list[Callable[[], object]] = []
        self._use: Use | None = None
        self._engines: dict[EngineName, Engine] = {}
        self._failures: dict[EngineName, LocalError] = {}

    def __enter__(self) -> Self:
        self.start()
        try:
            self.start_late()
        except BaseException:
            self.leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.leave()

    def start(self, planned: Callable[[], object] = lambda: None) -> None:
        """Use the stage: start, side by side, what does not run yet, except for what may come late.

        An optional engine that does not start is noted in `failures`; the others run.

        Args:
            planned: called, in this thread, once every port is known: links can be had from then on, while the
                engines come up.

        Raises:
            LocalError: it can't be used; this program has left it then.
            CancelledError: `cancel` was called meanwhile; likewise.
        """
        make_folder(self.directory)
        with self._alone(self._cancelled):
            if not users_of(self.directory):
                self._clear_left()
            self._plan.passwords.make()
            try:
                self._use = self._use or Use(self.directory, self._user, self._about)
                self._plan.state.begin()
                self._engines = {name: self._plan.to_use(name) for name in ENGINES}
                planned()
                self._bring_up(name for name in self._wanted if name not in LATE)
                self._write_lines()
            except BaseException:
                self._end_use()
                raise

    def start_late(self) -> None:
        """Start what may come late, and wait for it; to be called once the rest has been used."""
        with self._alone(self._cancelled):
            self._bring_up(name for name in self._wanted if name in LATE)

    def cancel(self) -> None:
        """Make a start that is under way in another thread give up; call `leave` next."""
        self._cancelled.set()
        for do in self._on_cancel:
            do()

    def on_cancel(self, do: Callable[[], object]) -> None:
        """Have something done when the start is cancelled; at once if it is already. It may be called twice."""
        self._on_cancel.append(do)
        if self._cancelled.is_set():
            do()

    def leave(self) -> None:
        """Use the stage no more. Whoever leaves last stops the engines."""
        if self._use is not None:
            with self._alone():
                self._end_use()

    def clear(self) -> tuple[EngineName, ...]:
        """End what a killed program left running, where nobody uses the stage; return which engines that were."""
        make_folder(self.directory)
        with self._alone():
            return () if users_of(self.directory) else self._clear_left()

    def reset(self) -> None:
        """Throw the engines' data away. Ports and passwords stay.

        Raises:
            StageInUseError: someone uses it.
        """
        make_folder(self.directory)
        with self._alone():
            users = users_of(self.directory)
            if users:
                raise StageInUseError(self.directory, users)
            self._plan.passwords.make()
            for name in ENGINES:
                self._plan.as_noted(name).wipe()
            with suppress(OSError):  # it is not there, or something else is in it
                self._plan.data.rmdir()
            self._plan.state.end()

    @property
    def failures(self) -> Mapping[EngineName, LocalError]:
        """Why those of the optional engines that do not run do not."""
        return dict(self._failures)

    def engine(self, name: EngineName) -> Engine:
        """Return an engine of the started stage, to look at or to do something to."""
        return self._engines[name]

    def users(self) -> tuple[User, ...]:
        """Return who uses the stage at this moment."""
        return users_of(self.directory)

    def port(self, name: str) -> int:
        """Return the port that the stage keeps for something of the program's own, such as `api`; it is free."""
        make_folder(self.directory)
        with folder_errors(self.directory):
            return claim(self.directory, name)

    def principal(self, function: str) -> Principal:
        """Return the credentials of a function's own local principal."""
        with folder_errors(self.directory):
            return principal(self.directory, function)

    def links(self, function: Function) -> dict[str, str]:
        """Return the environment that gives a function its links, each with the access that it declares."""
        made = self._made_links()
        return {name: value for access in function.links for name, value in made.of(access).items()}

    def all_links(self) -> dict[str, str]:
        """Return the environment that gives a program every link, as the application."""
        made = self._made_links()
        return {name: value for link in self._links for name, value in made.as_app(link).items()}

    def postgres(self, link: Link[Postgres], role: PostgresRole = "app") -> Postgres:
        """Return the database of a link as one of PostgreSQL's roles; `admin` is for tests and tools only."""
        return self._made_links().postgres(link, role)

    def lines(self) -> tuple[Line, ...]:
        """Return how a person reaches the engines."""
        return lines(self._ports(), self._databases, self._plan.passwords)

    @contextmanager
    def _alone(self, cancelled: threading.Event | None = None) -> Generator[None]:
        """Hold what makes starting, leaving and resetting exclude each other between programs."""
        with folder_errors(self.directory), exclusive(self.directory / "start.lock", cancelled):
            yield

    def _clear_left(self) -> tuple[EngineName, ...]:
        if not self._plan.state.exists:  # the last user left in order
            return ()
        self._plan.passwords.make()
        left = [self._plan.as_noted(name) for name in ENGINES]
        running: list[EngineName] = [engine.name for engine in left if engine.is_running]
        _raise_first(together.clear(left, Unwatched()))
        self._plan.state.end()
        return tuple(running)

    def _bring_up(self, names: Iterable[EngineName]) -> None:
        def prepare(name: EngineName) -> None:
            if name in self._prepare:
                self._prepare[name](self)

        failed = together.start([self._engines[name] for name in names], self._watcher, self._cancelled, prepare)
        if self._cancelled.is_set():
            raise CancelledError
        self._failures.update({name: error for name, error in failed.items() if name in OPTIONAL})
        _raise_first({name: error for name, error in failed.items() if name not in OPTIONAL})

    def _end_use(self) -> None:
        if self._use is not None:
            self._use.close()
            self._use = None
        if not users_of(self.directory):
            started = [self._plan.as_noted(name) for name in ENGINES if self._plan.state.process(name) is not None]
            _raise_first(together.stop(started, self._watcher))
            self._plan.state.end()

    def _ports(self) -> dict[EngineName, int]:
        return {name: engine.port for name, engine in self._engines.items()}

    def _made_links(self) -> Links:
        return Links(self._ports(), self._plan.passwords)

    def _write_lines(self) -> None:
        self._plan.passwords.write_pgpass(self._engines["postgres"].port)
        write(self.directory / "env", as_text(self.lines()))
        write(self.directory / "data-folder", f"{self._plan.data}\n")


def _raise_first(failed: Mapping[EngineName, LocalError]) -> None:
    for error in failed.values():
        raise error
