"""Signatures are held to botocore's own signers, byte for byte."""
# pyright: reportUnknownMemberType=false
# (botocore has no types)

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Protocol
from unittest.mock import patch
from urllib.parse import quote, quote_plus, urlencode

import botocore.auth
import botocore.credentials
import botocore.hooks
import botocore.model
import botocore.signers
import pytest
from botocore.awsrequest import AWSRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import CoreError
from core.signing import (
    Credentials,
    Request,
    Signer,
    UnsignableRequestError,
    elasticache_token,
    rds_token,
    sign_request,
)

# Anything that can be signed.

KEYS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", min_size=1)
CREDENTIALS = st.builds(Credentials, KEYS, KEYS, st.none() | KEYS)
REGIONS = st.from_regex(r"[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]{4,9}-[0-9]", fullmatch=True)
TIMES = st.integers(0, 4_102_444_800_000).map(lambda milliseconds: milliseconds / 1000)
SIGNERS = st.builds(Signer, CREDENTIALS, REGIONS, TIMES)

HOSTS = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?(\.[a-zA-Z0-9]{1,8}){0,4}", fullmatch=True)
PORTS = st.integers(1, 65535) | st.sampled_from([80, 443, 5432])
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("aB /%+&=?*,~é")  # no half of a surrogate pair
SENT_PATHS = st.text("aZ0/.%-_~*,:;@!$&'()+=[]|^{}<>\"\\`").map(lambda path: f"/{path}") | st.just("")
DOTTED_PATHS = st.lists(st.sampled_from(["", ".", "..", "a", "..b", "%2E"])).map(lambda parts: "/" + "/".join(parts))
OPENSEARCHPY_PATHS = st.lists(TEXTS).map(lambda parts: "/" + "/".join(quote(part, safe=",*") for part in parts))
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "content-type", "accept", "X-Opaque-Id", "User-Agent", "connection", "Expect", "traceparent"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126)) | st.text(" a,;"),
)


@dataclass(frozen=True)
class Call:
    """A request before its query is encoded."""

    method: str
    host: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


CALLS = st.builds(
    Call,
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "get"]),
    st.builds("{}{}".format, HOSTS.map(str.lower), st.sampled_from(["", ":9200", ":8443"])),
    SENT_PATHS | DOTTED_PATHS | OPENSEARCHPY_PATHS,
    st.lists(st.tuples(TEXTS, TEXTS)),
    HEADERS,
    st.binary(),
)


# What botocore makes of it. Its signers read the clock through one function, which is all that is replaced.


class Auth(Protocol):
    """The part of botocore's SigV4Auth that is used here."""

    def payload(self, request: AWSRequest) -> str:
        """Return the digest of the request's body."""
        ...

    def add_auth(self, request: AWSRequest) -> None:
        """Add the headers that sign the request."""
        ...


class Presigner(Protocol):
    """The part of botocore's RequestSigner that is used here."""

    def generate_presigned_url(self, request_dict: dict[str, object], operation_name: str, expires_in: int) -> object:
        """Return the URL of the request with its signature."""
        ...


def _frozen_clock(signer: Signer) -> AbstractContextManager[object]:
    now = datetime.fromtimestamp(signer.now, UTC).replace(tzinfo=None)
    return patch.object(botocore.auth, "get_current_datetime", lambda: now)


def _credentials(signer: Signer) -> botocore.credentials.Credentials:
    ours = signer.credentials
    return botocore.credentials.Credentials(ours.access_key, ours.secret_key, ours.session_token)


_EVENTS = botocore.hooks.HierarchicalEmitter()  # a signer refers to it weakly


def _presigner(signer: Signer, service: str) -> Presigner:
    service_id = botocore.model.ServiceId(service)
    return botocore.signers.RequestSigner(service_id, signer.region, service, "v4", _credentials(signer), _EVENTS)


def their_rds_token(signer: Signer, host: str, port: int, user: str) -> str:
    """Make a token as the RDS client of botocore does."""
    client = SimpleNamespace(_request_signer=_presigner(signer, "rds"))
    with _frozen_clock(signer):
        return str(botocore.signers.generate_db_auth_token(client, host, port, user, signer.region))


def their_elasticache_token(signer: Signer, group: str, user: str) -> str:
    """Make a token as the ElastiCache guide does, with botocore."""
    url = f"http://{group}/?{urlencode({'Action': 'connect', 'User': user})}"
    request: dict[str, object] = {"method": "GET", "url": url, "body": {}, "headers": {}, "context": {}}
    with _frozen_clock(signer):
        presigned = _presigner(signer, "elasticache").generate_presigned_url(request, "connect", 900)
    return str(presigned).removeprefix("http://")


def their_headers(signer: Signer, call: Call) -> dict[str, str]:
    """Return what SigV4Auth adds to a request, which like opensearch-py's is given its body's digest first."""
    url = f"https://{call.host}{call.path}"
    # A query may name a key twice, which a list of pairs can say and the stubs' mapping can't.
    request = AWSRequest(call.method, url, call.headers, call.body, call.query)  # pyright: ignore[reportArgumentType]
    auth: Auth = botocore.auth.SigV4Auth(_credentials(signer), "es", signer.region)
    request.headers["X-Amz-Content-SHA256"] = auth.payload(request)
    with _frozen_clock(signer):
        auth.add_auth(request)
    return {name: value for name, value in request.headers.items() if name not in call.headers}


@settings(deadline=None)
@given(SIGNERS, HOSTS, PORTS, TEXTS)
def test_an_rds_token_is_the_one_botocore_makes(signer: Signer, host: str, port: int, user: str) -> None:
    """The whole token is the same, whoever signs, where, when and for whom."""
    assert rds_token(signer, host, port, user) == their_rds_token(signer, host, port, user)


@settings(deadline=None)
@given(SIGNERS, HOSTS, TEXTS)
def test_an_elasticache_token_is_the_one_botocore_makes(signer: Signer, group: str, user: str) -> None:
    """The whole token is the same as by the recipe in the ElastiCache guide."""
    assert elasticache_token(signer, group, user) == their_elasticache_token(signer, group, user)


@settings(deadline=None, max_examples=300)
@given(SIGNERS, CALLS, st.sampled_from([quote_plus, quote]))
def test_a_request_is_signed_as_botocore_signs_it(signer: Signer, call: Call, quote_via: Callable[..., str]) -> None:
    """The headers to add are the same, for any path and any query, with spaces sent as `+` or as `%20`."""
    target = f"{call.path}?{urlencode(call.query, quote_via=quote_via)}" if call.query else call.path
    request = Request(call.method, call.host, target, call.headers, call.body)
    assert sign_request(signer, request) == their_headers(signer, call)


SIGNER = Signer(Credentials("AKIDEXAMPLE", "secret", "token"), "eu-central-1", 1_790_000_000)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("/_cat/indices?v", "/_cat/indices?v="),
        ("/_search?q=lego+castle", "/_search?q=lego%20castle"),
        ("/_search?_source=id,title", "/_search?_source=id%2Ctitle"),
        ("/_search?size=5&from=10&", "/_search?from=10&size=5"),
        ("/_search?q=a&q=B", "/_search?q=B&q=a"),
        ("/_search?q=%c3%a9", "/_search?q=%C3%A9"),
        ("/_search?q=%ff", "/_search?q=%FF"),
        ("?q=a", "/?q=a"),
    ],
)
def test_a_query_is_signed_by_what_it_means(sent: str, meant: str) -> None:
    """Two ways to write a query have one signature: OpenSearch Service decodes what it gets and encodes it anew."""
    assert sign_request(SIGNER, Request("GET", "host", sent)) == sign_request(SIGNER, Request("GET", "host", meant))


def test_a_path_is_signed_as_it_is_sent() -> None:
    """An encoded slash is another path than a slash, and `%2A` another than `*`."""
    paths = ["/mocs/_doc/a/b", "/mocs/_doc/a%2Fb", "/mocs/_doc/a%252Fb", "/mocs-*", "/mocs-%2A"]
    assert len({sign_request(SIGNER, Request("GET", "host", path))["Authorization"] for path in paths}) == len(paths)


def test_the_host_is_signed_as_it_is_sent() -> None:
    """A Host header that the client sends in its own spelling is signed in that spelling."""
    call = Call("GET", "host", "/", [], {"Host": "Search.Example.com:443"}, b"")
    ours = sign_request(SIGNER, Request("GET", "Search.Example.com:443", "/"))
    assert ours == their_headers(SIGNER, call)


def test_a_second_attempt_is_signed_like_the_first() -> None:
    """The headers that a first attempt added are replaced by a second one, not signed along."""
    first = sign_request(SIGNER, Request("GET", "host", "/"))
    later = Signer(SIGNER.credentials, SIGNER.region, SIGNER.now + 60)
    assert sign_request(later, Request("GET", "host", "/", first)) == sign_request(later, Request("GET", "host", "/"))


@pytest.mark.parametrize("target", ["mocs", "https://host/", "/é", "/a b", "/a\n", "/\x7f", "/a#b", "/?q=é"])
def test_a_target_that_can_not_be_sent_is_refused(target: str) -> None:
    """What no client can send as it is would be signed wrongly, so it is an error that shows the target."""
    with pytest.raises(UnsignableRequestError, match="percent-encoded") as caught:
        sign_request(SIGNER, Request("GET", "host", target))
    assert caught.value.target == target
    assert isinstance(caught.value, CoreError)
