"""The lean OpenSearch probe, against servers that say what a test wants."""

import json
import re
import socket
from collections.abc import Callable
from hashlib import sha256
from queue import SimpleQueue
from time import monotonic

import pytest

from core import Anonymous, ConnectionFailedError, Iam, OpenSearch
from core.connections import opensearch
from core.connections.steps import run

Serve = Callable[..., int]
GREEN = b'{"status":"green"}'


def answer(body: bytes, status: bytes = b"200 OK", headers: bytes = b"") -> bytes:
    """Return an HTTP answer."""
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


def server(*answers: bytes, heard: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    """Answer each request with the next answer."""

    def script(sock: socket.socket) -> None:
        for data in answers:
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                request += sock.recv(65_536) or pytest.fail("the probe hung up")
            if heard is not None:
                heard.append(request)
            sock.sendall(data)

    return script


def silent(sock: socket.socket) -> None:
    """Take what comes, and say nothing."""
    while sock.recv(1_000):
        pass


def link(port: int, host: str = "127.0.0.1", ca_file: str | None = None, *, signed: bool = False) -> OpenSearch:
    """Return a link to a server of the test's."""
    auth = Iam() if signed else Anonymous()
    return OpenSearch(host=host, port=port, auth=auth, region="us-east-1", ca_file=ca_file)


def probe(link: OpenSearch, seconds: float = 10) -> str:
    """Return `healthy` or the class of failure."""
    try:
        run(opensearch.probe(link, monotonic() + seconds))
    except ConnectionFailedError as error:
        return error.failure
    return "healthy"


@pytest.mark.parametrize("status", [b"green", b"yellow"])
def test_a_green_or_yellow_cluster_is_healthy(serve: Serve, status: bytes) -> None:
    """Yellow lacks a replica, and serves everything."""
    assert probe(link(serve(server(answer(b'{"status":"%s"}' % status))))) == "healthy"


def test_a_red_cluster_is_down(serve: Serve) -> None:
    """Red has lost a primary shard."""
    assert probe(link(serve(server(answer(b'{"status":"red"}'))))) == "red"


def test_the_connection_is_kept(serve: Serve) -> None:
    """Two requests go over one connection."""
    target = link(serve(server(answer(GREEN), answer(GREEN))))
    assert [probe(target), probe(target)] == ["healthy", "healthy"]


def test_a_connection_closed_meanwhile_is_replaced_without_notice(serve: Serve) -> None:
    """A keep-alive connection that the server has closed is opened once more."""
    target = link(serve(server(answer(GREEN)), server(answer(GREEN))))
    assert [probe(target), probe(target)] == ["healthy", "healthy"]


def test_a_connection_that_the_server_wants_closed_is_not_used_again(serve: Serve) -> None:
    """`Connection: close` is heeded."""
    closing = answer(GREEN, headers=b"Connection: close\r\n")
    target = link(serve(server(closing), server(answer(GREEN))))
    assert [probe(target), probe(target)] == ["healthy", "healthy"]


def test_a_chunked_answer_is_read(serve: Serve) -> None:
    """Any valid framing of the body will do."""
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"status"\r\n9\r\n:"green"}\r\n0\r\n\r\n'
    assert probe(link(serve(server(chunked)))) == "healthy"


def test_it_works_over_tls(serve: Serve, ca_file: str) -> None:
    """Over TLS, verified, the same is asked."""
    assert probe(link(serve(server(answer(GREEN)), name="localhost"), "localhost", ca_file)) == "healthy"


def test_a_signed_request_carries_a_signature_and_an_anonymous_one_none(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With IAM the request is signed for the service `es`; the signing itself is held to botocore elsewhere."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    heard: list[bytes] = []
    assert probe(link(serve(server(answer(GREEN), heard=heard)), signed=True)) == "healthy"
    assert probe(link(serve(server(answer(GREEN), heard=heard)))) == "healthy"
    assert re.search(rb"(?i)\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\d+/us-east-1/es/", heard[0])
    assert b"authorization" not in heard[1].lower()


def body_server(data: bytes, heard: SimpleQueue[bytes]) -> Callable[[socket.socket], None]:
    """Answer one request that has a body, and note whether the client closes the connection then."""

    def script(sock: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request or not request.endswith(b"}"):
            request += sock.recv(65_536) or pytest.fail("the client hung up")
        heard.put(request)
        sock.sendall(data)
        heard.put(sock.recv(1))

    return script


def test_a_request_of_any_method_carries_its_body_and_is_answered_whatever_the_status(serve: Serve) -> None:
    """What a status means is the caller's to judge; the connection is the request's own, and ends with it."""
    heard: SimpleQueue[bytes] = SimpleQueue()
    target = link(serve(body_server(answer(b'{"status":"NOT_FOUND"}', b"404 Not Found"), heard)))
    response = run(opensearch.request(target, "PUT", "/roles/a?b=c", monotonic() + 10, {"name": "\u00e9"}))
    assert (response.status, response.body) == (404, b'{"status":"NOT_FOUND"}')
    head, _, body = heard.get(timeout=10).partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /roles/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert head.endswith(b"\r\nContent-Length: %d" % len(body))
    assert json.loads(body) == {"name": "\u00e9"}
    assert heard.get(timeout=10) == b""


def test_the_signature_of_a_request_covers_its_body(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest that is signed is that of what is sent."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    heard: SimpleQueue[bytes] = SimpleQueue()
    target = link(serve(body_server(answer(b"{}"), heard)), signed=True)
    run(opensearch.request(target, "PUT", "/roles/a", monotonic() + 10, {"a": 1}))
    head, _, body = heard.get(timeout=10).partition(b"\r\n\r\n")
    assert f"X-Amz-Content-SHA256: {sha256(body).hexdigest()}".encode() in head
    assert b"SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date" in head


def test_a_request_that_is_not_answered_ends_at_its_deadline(serve: Serve) -> None:
    """As every network step."""
    with pytest.raises(ConnectionFailedError) as raised:
        run(opensearch.request(link(serve(silent)), "GET", "/", monotonic() + 0.1))
    assert raised.value.failure == "timeout"


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (answer(b"{}", b"401 Unauthorized"), "authentication"),
        (answer(b"{}", b"403 Forbidden"), "authentication"),
        (answer(b"{}", b"503 Service Unavailable"), "unavailable"),
        (answer(b"{}", b"500 Internal Server Error"), "error"),
        (answer(b"{}"), "protocol"),
        (answer(b"[]"), "protocol"),
        (answer(b"[" * 100_000), "protocol"),
        (answer(b"<html>"), "protocol"),
        (answer(b'{"status":"violet"}'), "protocol"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "closed"),
        (b"", "closed"),
    ],
)
def test_any_other_answer_is_a_failure_of_its_class(serve: Serve, data: bytes, failure: str) -> None:
    """Refusals, errors, garbage and cut answers are told apart."""
    assert probe(link(serve(server(data)))) == failure


def test_silence_ends_at_the_deadline(serve: Serve) -> None:
    """A server that accepts and says nothing is a timeout."""
    assert probe(link(serve(silent)), 0.1) == "timeout"
