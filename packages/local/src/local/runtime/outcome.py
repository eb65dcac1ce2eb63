"""How an invocation ended: one type for each way, and what is common to all."""

import json
from dataclasses import dataclass
from typing import cast

from .log import LogLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        function: the function's name.
        request_id: the invocation's id.
        payload: what the caller gets: the response, or the document of the error in Lambda's form.
        duration_ms: milliseconds from handing over the event to the answer; 0 where the init failed.
        init_ms: milliseconds that the init of a new environment took; None where one was reused.
        log: what the function and the platform logged for this invocation, its init included; of a very long
            log the end.
    """

    function: str
    request_id: str
    payload: bytes
    duration_ms: float
    init_ms: float | None
    log: tuple[LogLine, ...]

    def document(self) -> object:
        """Return the payload, read as JSON.

        Raises:
            ValueError: the payload is not JSON; only a handler that returns bytes does that.
        """
        return cast("object", json.loads(self.payload))


class Succeeded(Outcome):
    """The handler returned."""


class HandlerFailed(Outcome):
    """The handler raised, or returned what can't be written as JSON."""


class ResponseTooLarge(Outcome):
    """The handler returned more than a synchronous invocation may carry."""


class TimedOut(Outcome):
    """The function's timeout ran out; its environment was killed."""


class Crashed(Outcome):
    """The process of the environment ended, in its init or during the invocation."""


class InitFailed(Outcome):
    """The function's module can't be imported, has no such handler, or took longer than an init may."""


def error_document(error_type: str, message: str) -> bytes:
    """Return an error in the form in which Lambda gives it to the caller."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
