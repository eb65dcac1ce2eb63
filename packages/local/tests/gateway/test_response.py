"""What a function returns, as an HTTP response."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.gateway.response import MalformedResponseError, Response, read


def given_back(value: object) -> Response:
    """Return the response to what a handler returns."""
    return read(json.dumps(value).encode())


def test_a_response_says_all_itself() -> None:
    """Status, headers, cookies and body are what the function says; header names are in lower case."""
    response = given_back(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "application/xml", "X-Number": 5, "X-Flag": True},
            "cookies": ["a=1; HttpOnly", "b=2"],
            "body": "<λ/>",
        }
    )
    assert response == Response(
        201,
        (
            ("content-type", "application/xml"),
            ("x-number", "5"),
            ("x-flag", "true"),
            ("set-cookie", "a=1; HttpOnly"),
            ("set-cookie", "b=2"),
        ),
        "<λ/>".encode(),
    )


def test_a_status_alone_is_an_empty_text() -> None:
    """Without headers the type is plain text, as the service has it; without a body there is none."""
    assert given_back({"statusCode": 204}) == Response(204, (("content-type", "text/plain; charset=utf-8"),), b"")


@given(st.binary(max_size=64))
def test_a_base64_body_is_decoded(body: bytes) -> None:
    """Binary bodies arrive as they were."""
    encoded = base64.b64encode(body).decode()
    assert given_back({"statusCode": 200, "body": encoded, "isBase64Encoded": True}).body == body


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (b'{"name": "John Doe", "age": 30}', b'{"name": "John Doe", "age": 30}'),
        (b"[1, 2, 3]", b"[1, 2, 3]"),
        (b"42", b"42"),
        (b"true", b"true"),
        (b"null", b"null"),
        (b'"Hello, World!"', b"Hello, World!"),
        (b'""', b""),
        (b'{"name": "John Doe", "age":', b'{"name": "John Doe", "age":'),
    ],
)
def test_without_a_status_all_is_the_body(payload: bytes, body: bytes) -> None:
    """What has no status code is the body of a JSON response with status 200; text loses its quotes."""
    assert read(payload) == Response(200, (("content-type", "application/json"),), body)


def test_headers_of_the_connection_are_the_gateways_own() -> None:
    """A function can't set the length or the framing of its response."""
    response = given_back({"statusCode": 200, "headers": {"Content-Length": "7", "Transfer-Encoding": "chunked"}})
    assert [name for name, _ in response.headers] == ["content-type"]


@pytest.mark.parametrize(
    "value",
    [
        {"statusCode": "200"},
        {"statusCode": 200.5},
        {"statusCode": True},
        {"statusCode": 0},
        {"statusCode": 1000},
        {"statusCode": None},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": ["b"]}},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "headers": {"a": "b\x01"}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"": "c"}},
        {"statusCode": 200, "cookies": "a=b"},
        {"statusCode": 200, "cookies": [1.5, ["a"]]},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "%%%", "isBase64Encoded": True},
    ],
)
def test_what_does_not_fit_is_malformed(value: object) -> None:
    """A response that says what can't be sent is an error, which names what is wrong."""
    with pytest.raises(MalformedResponseError):
        given_back(value)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda s: st.dictionaries(st.text(), s)))
def test_nothing_else_goes_wrong(value: object) -> None:
    """Whatever a function returns is a response or malformed, in the parts as in the whole."""
    parts = ("headers", "cookies", "body", "isBase64Encoded")
    for candidate in (value, *({"statusCode": 200, part: value} for part in parts)):
        try:
            response = given_back(candidate)
        except MalformedResponseError:
            continue
        assert response.status == 200
