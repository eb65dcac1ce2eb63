"""Stands in for the C part of awslambdaric where that has no build: on macOS.

It offers what `runtime_client.cpp` of awslambdaric 4.2 offers, over the standard library's HTTP client, and lies in a
folder of its own, because that folder goes on the function's path and nothing else of ours may.
"""

import http.client
import os

_STATUS_OK = range(200, 300)


class _Client:
    """One connection to the Runtime API, kept open."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Send one request; return the response with its body unread."""
        own = {"User-Agent": self._user_agent, **(headers or {})}
        self._connection.request(method, f"/2018-06-01/runtime/{path}", body, own)
        return self._connection.getresponse()


_clients: list[_Client] = []


def initialize_client(user_agent: str) -> None:
    """Set up the client; awslambdaric calls this when it is imported."""
    _clients[:] = [_Client(user_agent)]


def next() -> tuple[bytes, dict[str, str | int | None]]:  # noqa: A001  the name that awslambdaric calls
    """Wait for the next event; return its payload and headers.

    Raises:
        RuntimeError: the Runtime API did not give one.
    """
    try:
        response = _client().ask("GET", "invocation/next")
        payload = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise RuntimeError("Failed to get next") from error
    if response.status not in _STATUS_OK:
        raise RuntimeError("Failed to get next")
    names = (
        "Lambda-Runtime-Trace-Id",
        "Lambda-Runtime-Client-Context",
        "Content-Type",
        "Lambda-Runtime-Cognito-Identity",
        "Lambda-Runtime-Aws-Tenant-Id",
        "Lambda-Runtime-Invocation-Id",
    )
    return payload, {
        "Lambda-Runtime-Aws-Request-Id": response.getheader("Lambda-Runtime-Aws-Request-Id", ""),
        "Lambda-Runtime-Invoked-Function-Arn": response.getheader("Lambda-Runtime-Invoked-Function-Arn", ""),
        "Lambda-Runtime-Deadline-Ms": int(response.getheader("Lambda-Runtime-Deadline-Ms", "0")),
        **{name: response.getheader(name) or None for name in names},
    }


def post_invocation_result(request_id: str, content: bytes, content_type: str, invocation_id: str | None) -> None:
    """Send the response of an invocation.

    Raises:
        RuntimeError: the Runtime API did not take it.
    """
    headers = {"Content-Type": content_type, **_invocation(invocation_id)}
    _post(f"invocation/{request_id}/response", content, headers, "Failed to post invocation response")


def post_error(request_id: str, content: str, xray_fault: str, invocation_id: str | None) -> None:
    """Send the error of an invocation.

    Raises:
        RuntimeError: the Runtime API did not take it.
    """
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": "Unhandled",
        "Lambda-Runtime-Function-XRay-Error-Cause": xray_fault.encode("ascii", "backslashreplace").decode(),
        **_invocation(invocation_id),
    }
    _post(f"invocation/{request_id}/error", content.encode(), headers, "Failed to post invocation error")


def _invocation(invocation_id: str | None) -> dict[str, str]:
    return {"Lambda-Runtime-Invocation-Id": invocation_id} if invocation_id else {}


def _post(path: str, body: bytes, headers: dict[str, str], failure: str) -> None:
    try:
        response = _client().ask("POST", path, body, headers)
        response.read()
    except (OSError, http.client.HTTPException) as error:
        raise RuntimeError(failure) from error
    if response.status not in _STATUS_OK:
        raise RuntimeError(failure)


def _client() -> _Client:
    if not _clients:
        raise RuntimeError("Client not yet initialized")
    return _clients[0]
