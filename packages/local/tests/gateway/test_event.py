"""A request as a function gets it: payload format 2.0."""

import base64
import time
from datetime import datetime
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.gateway.event import Event, Request, build, decode_path
from local.gateway.routes import Match

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def event(
    *,
    query: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    parameters: dict[str, str] | None = None,
) -> Event:
    """Return the event of a request."""
    request = Request(
        method="POST",
        path="/mocs/space value",
        query=query,
        protocol="HTTP/1.1",
        headers=headers,
        body=body,
        client="127.0.0.1",
        port=8000,
        scheme="http",
    )
    match = Match("mocs", "POST /mocs/{id}", parameters or {})
    return build(request, match, account_id="123456789012", request_id="ATfSmjLgPHcESJw=")


# Captured from the real service by hotsock/voker, July 2026.
@pytest.mark.parametrize(
    ("sent", "decoded"),
    [
        ("/capture/plain", "/capture/plain"),
        ("/capture/space%20value", "/capture/space value"),
        ("/capture/question%3Fvalue", "/capture/question"),
        ("/capture/percent%25done", None),
        ("/capture/hash%23value", "/capture/hash#value"),
        ("/capture/slash%2Fvalue", "/capture/slash/value"),
        ("/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C", "/capture/unicode-λ-世界"),
        ("/capture/literal%252Fvalue", "/capture/literal/value"),
        ("/capture/literal%253Fvalue", "/capture/literal?value"),
        ("/capture/literal%2525value", "/capture/literal%value"),
        ("/a%zz", None),
    ],
)
def test_paths_are_decoded_as_the_service_does(sent: str, decoded: str | None) -> None:
    """A path is decoded twice, and cut at a question mark in between."""
    assert decode_path(sent.encode()) == decoded


@given(st.text(st.characters(exclude_characters="%?", exclude_categories=["Cs"]), max_size=30))
def test_a_quoted_path_is_decoded_to_what_was_quoted(path: str) -> None:
    """Whatever has neither a percent sign nor a question mark arrives as it is."""
    assert decode_path(quote(path).encode()) == path


def test_an_event_has_the_captured_form() -> None:
    """The event of the request that was captured from the real service is the captured one, but for this API's own."""
    query = "repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa%2Fb&literalPlus=a+b&encodedPlus=a%2Bb&empty="
    body = '{"message":"hello from the public internet","unicode":"lambda-λ"}'
    made = event(
        query=query,
        headers=(
            ("host", "local.example.com:8000"),
            ("accept", "*/*"),
            ("content-type", "application/json"),
            ("user-agent", "curl/8.7.1"),
            ("x-voker-probe", "first"),
            ("x-voker-probe", "second"),
            ("cookie", "session=abc123; theme=dark"),
            ("connection", "keep-alive"),
        ),
        body=body.encode(),
    )
    trace = made["headers"].pop("x-amzn-trace-id")
    context = made["requestContext"]
    when, epoch = context["time"], context["timeEpoch"]
    assert made == {
        "version": "2.0",
        "routeKey": "POST /mocs/{id}",
        "rawPath": "/mocs/space value",
        "rawQueryString": query,
        "cookies": ["session=abc123", "theme=dark"],
        "headers": {
            "accept": "*/*",
            "content-length": "66",
            "content-type": "application/json",
            "host": "local.example.com:8000",
            "user-agent": "curl/8.7.1",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "8000",
            "x-forwarded-proto": "http",
            "x-voker-probe": "first,second",
        },
        "queryStringParameters": {
            "empty": "",
            "encodedPlus": "a+b",
            "literalPlus": "a b",
            "redirect": "https://example.com/a/b",
            "repeat": "one,two",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "local.example.com",
            "domainPrefix": "local",
            "http": {
                "method": "POST",
                "path": "/mocs/space value",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "curl/8.7.1",
            },
            "requestId": "ATfSmjLgPHcESJw=",
            "routeKey": "POST /mocs/{id}",
            "stage": "$default",
            "time": when,
            "timeEpoch": epoch,
        },
        "body": body,
        "isBase64Encoded": False,
    }
    assert trace.startswith("Root=1-")
    assert abs(epoch / 1000 - time.time()) < 60
    assert int(datetime.strptime(when, "%d/%b/%Y:%H:%M:%S %z").timestamp()) == epoch // 1000


def test_what_a_request_does_not_have_is_not_there() -> None:
    """Without cookies, query, variables and body the event has none of these keys; the query string is empty."""
    made = event()
    assert made.keys().isdisjoint({"cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"})
    assert (made["rawQueryString"], made["isBase64Encoded"], made["headers"]["content-length"]) == ("", False, "0")


def test_variables_of_the_path_are_there() -> None:
    """The route's variables are in the event."""
    assert event(parameters={"id": "a b"}).get("pathParameters") == {"id": "a b"}


def test_a_chain_of_proxies_is_kept() -> None:
    """The client's address is added to those that were forwarded."""
    assert event(headers=(("x-forwarded-for", "10.1.2.3"),))["headers"]["x-forwarded-for"] == "10.1.2.3, 127.0.0.1"


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_a_query_arrives_decoded_with_repeats_joined(pairs: list[tuple[str, str]]) -> None:
    """For each name the decoded values are there in their order, joined by commas; the raw string is as sent."""
    query = urlencode(pairs)
    made = event(query=query)
    expected = {name: ",".join(value for other, value in pairs if other == name) for name, _ in pairs}
    assert made.get("queryStringParameters", {}) == expected
    assert made["rawQueryString"] == query


@given(st.lists(st.tuples(st.sampled_from(["x-a", "x-b", "accept"]), TEXT), max_size=6))
def test_repeated_headers_are_joined(pairs: list[tuple[str, str]]) -> None:
    """For each name the values are there in their order, joined by commas."""
    headers = event(headers=tuple(pairs))["headers"]
    for name in {name for name, _ in pairs}:
        assert headers[name] == ",".join(value for other, value in pairs if other == name)


@given(st.lists(st.lists(st.from_regex(r"[a-z]{1,4}=[a-z0-9]{0,4}", fullmatch=True), min_size=1), max_size=3))
def test_cookies_are_taken_out_of_the_headers(lines: list[list[str]]) -> None:
    """The cookies of every cookie header are in one list, and in no header."""
    made = event(headers=tuple(("cookie", "; ".join(cookies)) for cookies in lines))
    assert made.get("cookies", []) == [cookie for cookies in lines for cookie in cookies]
    assert "cookie" not in made["headers"]


# Which types are text was tried on the real service: ministack, pull request 766.
@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON", True),
        ("text/plain", True),
        ("text/csv", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("application/octet-stream", False),
        ("application/x-www-form-urlencoded", False),
        ("image/png", False),
        ("multipart/form-data; boundary=x", False),
        (None, False),
    ],
)
def test_bodies_that_are_not_text_come_as_base64(content_type: str | None, *, text: bool) -> None:
    """The content type decides; without one a body is binary."""
    made = event(headers=(("content-type", content_type),) if content_type else (), body="λ".encode())
    assert made["isBase64Encoded"] is not text
    assert made.get("body") == ("λ" if text else base64.b64encode("λ".encode()).decode())
