"""The lean HTTP client: every valid framing, in any pieces; and a clear failure for everything else."""

import socket
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import ConnectionFailedError
from core.connections.http import BODY_LIMIT, Response, read_response
from core.connections.steps import READ
from core.connections.stream import Stream

PIECES = st.lists(st.integers(1, 40), max_size=12)


def receive(data: bytes, cuts: list[int], *, reuse: bool = False) -> Response:
    """Read an answer that arrives in pieces of the given sizes, then the rest, then the end of the stream."""
    sock, peer = socket.socketpair()
    with sock, peer:
        sock.settimeout(0)
        steps = read_response(Stream(sock), monotonic() + 10)
        try:
            next(steps)
            for cut in cuts:
                peer.sendall(data[:cut])
                data = data[cut:]
                steps.send(READ)
            while data:
                peer.sendall(data[:60_000])
                data = data[60_000:]
                steps.send(READ)
            if not reuse:
                peer.close()
            steps.send(READ)
        except StopIteration as stop:
            return stop.value
    raise AssertionError("the answer had ended, and more was waited for")


def chunked(body: bytes, sizes: list[int], trailer: bytes, extension: bytes) -> bytes:
    """Return a body in chunks."""
    chunks = b""
    for size in sizes:
        part, body = body[:size], body[size:]
        if part:
            chunks += b"%x%s\r\n%s\r\n" % (len(part), extension, part)
    if body:
        chunks += b"%X\r\n%s\r\n" % (len(body), body)
    return chunks + b"0\r\n" + trailer + b"\r\n"


@given(body=st.binary(max_size=300), cuts=PIECES)
def test_a_body_of_known_length_is_read_and_the_connection_kept(body: bytes, cuts: list[int]) -> None:
    """Content-Length frames the body, however it arrives."""
    data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX: y\r\n\r\n%s" % (len(body), body)
    assert receive(data, cuts, reuse=True) == Response(200, body, reusable=True)


@given(
    body=st.binary(max_size=300),
    sizes=PIECES,
    cuts=PIECES,
    trailer=st.sampled_from([b"", b"Expires: never\r\n"]),
    extension=st.sampled_from([b"", b";name=value", b' ; quoted="a;b"']),
)
def test_a_chunked_body_is_read_and_the_connection_kept(
    body: bytes, sizes: list[int], cuts: list[int], trailer: bytes, extension: bytes
) -> None:
    """Chunks of any size, with extensions and trailers, give the body."""
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding:  Chunked\r\n\r\n"
    data = head + chunked(body, sizes, trailer, extension)
    assert receive(data, cuts, reuse=True) == Response(200, body, reusable=True)


@given(body=st.binary(max_size=300), cuts=PIECES)
def test_a_body_up_to_the_end_of_the_stream_is_read(body: bytes, cuts: list[int]) -> None:
    """Without a length the body ends with the connection, which then can't be kept."""
    assert receive(b"HTTP/1.1 200 OK\r\n\r\n" + body, cuts) == Response(200, body, reusable=False)


@pytest.mark.parametrize(
    ("head", "reusable"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200\r\n", True),
        (b"HTTP/1.1 200 OK\nX: bare line feeds\n", True),
    ],
)
def test_a_connection_is_kept_only_where_the_answer_allows_it(head: bytes, *, reusable: bool) -> None:
    """What the server says about the connection is heeded; interim answers are passed over."""
    assert receive(head + b"Content-Length: 2\r\n\r\nok", []) == Response(200, b"ok", reusable)


def test_an_answer_without_content_has_no_body() -> None:
    """204 ends with its headers."""
    assert receive(b"HTTP/1.1 204 No Content\r\n\r\n", [], reuse=True) == Response(204, b"", reusable=True)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 2OO OK\r\n\r\n",
        b"HTTP/1.1 000\r\n\r\n",
        b"HTTP/1.1 600 Beyond\r\n\r\n",
        b"\x00" * 10_000,
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 6 + b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_LIMIT + 1),
    ],
)
def test_what_is_not_http_or_too_large_is_a_broken_protocol(data: bytes) -> None:
    """Garbage and oversized answers end in one class of failure, with bounded memory."""
    with pytest.raises(ConnectionFailedError) as raised:
        receive(data, [])
    assert raised.value.failure == "protocol"


@given(cut=st.integers(0, 60))
def test_an_answer_that_is_cut_off_is_a_closed_connection(cut: int) -> None:
    """A stream that ends too early, wherever, is told apart from a broken protocol."""
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"x" * 40
    with pytest.raises(ConnectionFailedError) as raised:
        receive(data[:cut], [])
    assert raised.value.failure == "closed"


@given(data=st.binary(max_size=200), cuts=PIECES)
def test_any_bytes_are_an_answer_or_a_failure(data: bytes, cuts: list[int]) -> None:
    """Whatever arrives is an answer with a valid status, or a failed connection, and nothing else is raised."""
    try:
        ended = str(receive(data, cuts).status)
    except ConnectionFailedError as error:
        ended = error.failure
    assert ended in {"protocol", "closed"} or 200 <= int(ended) < 600
