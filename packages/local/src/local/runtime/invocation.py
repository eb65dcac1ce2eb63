"""One invocation in one environment, from the event to the outcome and the records that the platform logs."""

import os
import time
from dataclasses import dataclass
from uuid import uuid4

from . import records
from .api import RESPONSE_LIMIT, Delivery, Reply
from .environment import Environment, Exited, Expired, InitError
from .errors import NotTakenError
from .outcome import Crashed, HandlerFailed, InitFailed, Outcome, ResponseTooLarge, Succeeded, TimedOut, error_document

INIT_LIMIT = 10.0
"""Seconds that an init may take (Lambda developer guide, "Init phase").

Lambda starts such a function again within the invocation and with the function's own timeout. Here the invocation
fails: an init that long is a mistake to be shown, not to be paid for twice.
"""
_DEBUG_DEADLINE = 24 * 3600.0
"""Seconds that an invocation without a timeout is told to have."""

_ENDS: dict[type[Outcome], records.Status] = {
    Succeeded: "success",
    HandlerFailed: "error",
    ResponseTooLarge: "error",
    TimedOut: "timeout",
    Crashed: "failure",
}


@dataclass(frozen=True, slots=True)
class Invocation:
    """What is invoked.

    Attributes:
        payload: the event, as JSON.
        limited: whether the limits on the init and the invocation hold; they don't while a debugger waits.
        request_id: its id.
    """

    payload: bytes
    limited: bool = True
    request_id: str = ""

    @classmethod
    def new(cls, payload: bytes, *, limited: bool = True) -> "Invocation":
        """Return an invocation with an id of its own."""
        return cls(payload, limited, str(uuid4()))


async def initialize(environment: Environment, invocation: Invocation) -> tuple[float, Outcome | None]:
    """Wait for the init of a new environment; return its milliseconds, and the outcome if it failed."""
    end = await environment.initialize(INIT_LIMIT if invocation.limited else None)
    init_ms = (time.monotonic() - environment.started) * 1000
    if end is None:
        return init_ms, None
    status: records.Status = "timeout" if end == "expired" else "error"
    environment.record(records.init_report(status=status, duration_ms=init_ms))
    await environment.close()
    kind: type[Outcome] = InitFailed
    match end:
        case InitError(payload):
            pass
        case Exited():
            kind, payload = Crashed, _exit_document(invocation.request_id, end)
        case "expired":
            message = f"RequestId: {invocation.request_id} Error: Init timed out after {INIT_LIMIT:.2f} seconds"
            payload = error_document("Sandbox.Timedout", message)
    return init_ms, _outcome(kind, environment, invocation, payload, 0.0, init_ms)


async def run(environment: Environment, invocation: Invocation, init_ms: float | None) -> Outcome:
    """Invoke the function in an environment whose init is done.

    Args:
        environment: the environment; it has been killed where the outcome is a timeout.
        invocation: the invocation.
        init_ms: milliseconds of the init, where this invocation caused it.

    Raises:
        NotTakenError: the process of a used environment turned out to have ended between two requests.
    """
    function = environment.plan.function
    limit = float(function.timeout) if invocation.limited else None
    delivery = Delivery(
        request_id=invocation.request_id,
        payload=invocation.payload,
        deadline_ms=int((time.time() + (limit or _DEBUG_DEADLINE)) * 1000),
        function_arn=environment.plan.account.function_arn(function),
        trace_id=_trace_id(),
    )
    environment.begin(invocation.request_id)
    environment.record(records.start(invocation.request_id))
    started = time.monotonic()
    end = await environment.exchange(delivery, limit)
    duration_ms = (time.monotonic() - started) * 1000
    if isinstance(end, Exited) and init_ms is None and not environment.taken:
        raise NotTakenError(environment.name)
    kind, payload = _judge(end, invocation.request_id, function.timeout)
    environment.record(
        records.report(
            invocation.request_id,
            status=_ENDS[kind],
            duration_ms=duration_ms,
            init_ms=init_ms,
            memory_mb=function.memory,
            used_mb=environment.peak_memory(),
        )
    )
    return _outcome(kind, environment, invocation, payload, duration_ms, init_ms)


def _judge(end: Reply | Exited | Expired, request_id: str, timeout: int) -> tuple[type[Outcome], bytes]:
    match end:
        case Reply("response", body):
            return Succeeded, body
        case Reply("error", body):
            return HandlerFailed, body
        case Reply():
            message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
            return ResponseTooLarge, error_document("Function.ResponseSizeTooLarge", message)
        case Exited():
            return Crashed, _exit_document(request_id, end)
        case "expired":
            message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
            return TimedOut, error_document("Sandbox.Timedout", message)


def _exit_document(request_id: str, exited: Exited) -> bytes:
    what = f"exited with error: {exited.reason}" if exited.reason else "exited without providing a reason"
    return error_document("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime {what}")


def _outcome(  # noqa: PLR0913, PLR0917  the fields of every outcome, gathered in one place
    kind: type[Outcome],
    environment: Environment,
    invocation: Invocation,
    payload: bytes,
    duration_ms: float,
    init_ms: float | None,
) -> Outcome:
    return kind(
        function=environment.plan.function.name,
        request_id=invocation.request_id,
        payload=payload,
        duration_ms=duration_ms,
        init_ms=init_ms,
        log=environment.take_log(),
    )


def _trace_id() -> str:
    return f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()};Parent={os.urandom(8).hex()};Sampled=0"
