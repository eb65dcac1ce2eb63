"""Functions and their HTTP API for a test: the event loop runs in a thread, the test calls plain functions."""

import asyncio
import http.client
import json
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from core.manifest import Function
from local.gateway import Gateway, serve
from local.runtime import Credentials, LogLine, Outcome
from local.serving import Served, serve_functions

T = TypeVar("T")

_ANSWER_SECONDS = 60.0
"""How long a test waits for an answer: longer than the gateway does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the HTTP API.

    Attributes:
        status: the HTTP status.
        headers: the headers, names in lower case.
        body: the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  # whatever the function answered
        """Return the body, read as JSON."""
        return json.loads(self.body)


class Host:
    """Functions under the Lambda runtime client, and the HTTP API before them, while its context is open.

    Attributes:
        port: the port of the HTTP API on 127.0.0.1.
        log: what the functions and the platform have logged.
    """

    def __init__(  # noqa: PLR0913  # what is hosted, by keyword
        self,
        functions: Iterable[Function],
        *,
        links: Callable[[Function], Mapping[str, str]],
        credentials: Callable[[Function], Credentials],
        folder: Path,
        packages: Iterable[Path] | None = None,
        limit: int = 10,
    ) -> None:
        """Say what is hosted; the arguments are those of `local.serving.serve_functions`."""
        self._functions = tuple(functions)
        self._serving = lambda: serve_functions(
            self._functions,
            links=links,
            credentials=credentials,
            folder=folder,
            packages=packages,
            on_log=self._on_log,
            limit=limit,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="functions", daemon=True)
        self._leave = asyncio.Event()
        self._ended: Future[None] | None = None
        self._served: Served | None = None
        self.port = 0
        self.log: list[LogLine] = []

    def __enter__(self) -> Self:
        self._thread.start()
        up: Future[None] = Future()
        self._ended = asyncio.run_coroutine_threadsafe(self._serve(up), self._loop)
        try:
            up.result()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def served(self) -> Served:
        """The runtime and the reloader, for what goes beyond invoking; to be used in the host's own loop."""
        if self._served is None:
            raise RuntimeError("the host does not run: use it inside its context")
        return self._served

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the host's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def invoke(self, name: str, event: object = None) -> Outcome:
        """Invoke a function; an error of the function is an outcome, not an exception.

        Raises:
            RuntimeServiceError: nothing could be invoked.
        """
        return self.run(self.served.runtime.invoke(name, {} if event is None else event))

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Make a request to the HTTP API, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """Make a GET request to the HTTP API."""
        return self.request("GET", path)

    def records(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the log's JSON records from the line `since` on."""
        return [json.loads(line.text) for line in self.log[since:] if line.text.startswith("{")]

    def _on_log(self, line: LogLine) -> None:
        self.log.append(line)

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        if self._ended is not None:
            self._ended.result()
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _serve(self, up: "Future[None]") -> None:
        try:
            async with self._open():
                up.set_result(None)
                await self._leave.wait()
        except BaseException as error:
            if up.done():
                raise
            up.set_exception(error)

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[None]:
        async with self._serving() as served, serve(Gateway(self._functions, served.runtime.invoke)) as port:
            self._served, self.port = served, port
            yield
