"""One execution environment: a process of the genuine runtime client with a function in it."""

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, TypedDict, cast

from core.manifest import Function
from local.runtime.layout import Code, Interpreter
from local.runtime.plan import Plan
from local.runtime.variables import Account, local_principal
from local.runtime.warden import Warden

from .api import RuntimeApi
from .errors import NotMeasurableError, RuntimeBrokenError

_SECONDS = 60.0
"""How long a process may take to start, or to answer, on a machine that is busy."""

_EVENT = Path(__file__).with_name("event.json")


_COMPONENTS = ("postgres", "redis", "opensearch")


class _Component(TypedDict):
    status: str


class _Health(TypedDict):
    status: str
    components: dict[str, _Component]


@dataclass(frozen=True, slots=True)
class Contender:
    """Something to measure.

    Attributes:
        name: its name in the table.
        code: its bundle, and what runs it.
        interpreter: what is known of the interpreter that runs it.
        handler: the dotted path of its handler.
        answers_health: whether its answer has to say that all is well.
    """

    name: str
    code: Code
    interpreter: Interpreter
    handler: str
    answers_health: bool = True


class Sandbox:
    """A process that is started, invoked and killed; a context."""

    def __init__(self, contender: Contender, given: Mapping[str, str]) -> None:
        """Prepare; `given` is the function's own environment: its links and its stage."""
        self._contender = contender
        self._plan = _plan(contender, given)
        self._event = _EVENT.read_bytes()
        self._api = RuntimeApi(self._has_ended)
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._log is not None:
            self._log.close()
        self._api.__exit__()

    def start(self) -> float:
        """Start the process; return the seconds from there until it asks for its first event.

        Raises:
            NotMeasurableError: it does not come up.
        """
        environment = self._plan.variables(log_stream="bench", api=self._api.address)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the context
        command = [str(self._plan.code.python), "-s", "-m", "awslambdaric", self._contender.handler]
        began = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            cwd=self._contender.code.task_root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for the bench, which ends it in order
        )
        try:
            return self._api.await_next(_SECONDS) - began
        except RuntimeBrokenError as error:
            raise self._broken(error) from error

    def invoke(self) -> float:
        """Invoke the function; return the seconds from its event to its response.

        Raises:
            NotMeasurableError: it failed, or does not answer that all is well.
        """
        seconds, response = self.exchange()
        if self._contender.answers_health and not _is_healthy(response):
            raise NotMeasurableError(self._contender.name, f"it answered {response}")
        return seconds

    def exchange(self) -> tuple[float, object]:
        """Invoke the function; return the seconds from its event to its response, and the response.

        Raises:
            NotMeasurableError: it failed.
        """
        try:
            seconds, response = self._api.exchange(self._event, _SECONDS)
            self._api.await_next(_SECONDS)
        except RuntimeBrokenError as error:
            raise self._broken(error) from error
        return seconds, cast("object", json.loads(response))

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _broken(self, error: RuntimeBrokenError) -> NotMeasurableError:
        said = ""
        if self._log is not None:
            self._log.seek(0)
            said = self._log.read().decode(errors="replace")[-4000:]
        return NotMeasurableError(self._contender.name, f"{error}\n{said}".strip())


def _plan(contender: Contender, given: Mapping[str, str]) -> Plan:
    function = Function(name="health", handler=contender.handler, description="Measured by the bench.")
    return Plan(
        function=function,
        own_variables=given,
        credentials=local_principal(function),
        account=Account(),
        code=contender.code,
        interpreter=contender.interpreter,
        warden=Warden(),  # guards nothing: a sandbox ends its process itself
        on_log=None,
    )


def _is_healthy(response: object) -> bool:
    """Whether a response in the form of the HTTP API says that all is well."""
    match response:
        case {"statusCode": 200, "body": str(body)}:
            answer = cast("_Health", json.loads(body))
        case _:
            return False
    components = {name: component["status"] for name, component in answer["components"].items()}
    return answer["status"] == "healthy" and components == dict.fromkeys(_COMPONENTS, "healthy")
