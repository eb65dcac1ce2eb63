"""Runs functions as Lambda does: in real processes, under the genuine awslambdaric, against a Runtime API of ours."""

from .api import REQUEST_LIMIT, RESPONSE_LIMIT
from .errors import (
    InterpreterError,
    NotStartedError,
    RequestTooLargeError,
    ReservedVariableError,
    RuntimeServiceError,
    RuntimeStoppedError,
    ThrottledError,
    UnknownFunctionError,
)
from .layout import Code
from .log import LogLine, OnLog
from .outcome import Crashed, HandlerFailed, InitFailed, Outcome, ResponseTooLarge, Succeeded, TimedOut
from .runtime import Runtime
from .variables import Account, Credentials

__all__ = [
    "REQUEST_LIMIT",
    "RESPONSE_LIMIT",
    "Account",
    "Code",
    "Crashed",
    "Credentials",
    "HandlerFailed",
    "InitFailed",
    "InterpreterError",
    "LogLine",
    "NotStartedError",
    "OnLog",
    "Outcome",
    "RequestTooLargeError",
    "ReservedVariableError",
    "ResponseTooLarge",
    "Runtime",
    "RuntimeServiceError",
    "RuntimeStoppedError",
    "Succeeded",
    "ThrottledError",
    "TimedOut",
    "UnknownFunctionError",
]
