"""Links: encoded by one side, decoded by the other, and clear about what is wrong."""

import dataclasses
import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import (
    Anonymous,
    Bucket,
    Iam,
    LinkError,
    MalformedLinkError,
    MissingLinkError,
    OpenSearch,
    PasswordFile,
    Postgres,
    Redis,
    Resource,
    Resources,
)
from core.fields import CHECKS
from core.kinds import Kind
from core.links import LinkTo

PRINTED = st.characters(exclude_categories=["C", "Z"])
TEXT = st.text(PRINTED | st.just(" "), min_size=1, max_size=40)
WORD = st.text(PRINTED, min_size=1, max_size=40)
LOWER = st.text(string.ascii_lowercase + string.digits + "-", min_size=1)
PORT = st.integers(1, 65535)
PATH = TEXT.map(lambda text: "/" + text)
FILE = st.builds(PasswordFile, PATH)
KINDS: dict[type[Kind], st.SearchStrategy[Any]] = {
    Postgres: st.builds(
        Postgres, host=WORD, port=PORT, database=TEXT, user=TEXT, auth=st.just(Iam()), region=WORD, ca_file=PATH
    )
    | st.builds(
        Postgres,
        host=WORD,
        port=PORT,
        database=TEXT,
        user=TEXT,
        auth=FILE,
        region=WORD,
        ca_file=st.none() | PATH,
    ),
    Redis: st.builds(
        Redis,
        host=WORD,
        port=PORT,
        user=TEXT,
        auth=st.just(Iam()),
        region=WORD,
        cluster=st.booleans(),
        replication_group=LOWER,
        ca_file=PATH,
    )
    | st.builds(Redis, host=WORD, port=PORT, user=TEXT, auth=FILE, region=WORD, cluster=st.booleans()),
    OpenSearch: st.builds(
        OpenSearch,
        host=WORD,
        port=PORT,
        auth=st.just(Iam()) | st.just(Anonymous()),
        region=WORD,
        ca_file=st.none() | PATH,
    ),
    Bucket: st.builds(Bucket, name=WORD, region=WORD, endpoint=st.none() | WORD.map(lambda word: "https://" + word)),
}
LINKS = st.one_of(*KINDS.values())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
LINK = Postgres(
    host="db.internal", port=5432, database="app", user="app", auth=PasswordFile("/secret/app"), region="us-east-1"
)


@given(link=LINKS)
def test_decoding_an_encoded_link_gives_the_link(link: Kind) -> None:
    """decode(encode(x)) is x, for every kind."""
    assert type(link).decode("MyLink", link.encode()) == link


def test_every_kind_of_link_is_covered_by_the_properties() -> None:
    """A new kind of link can't be forgotten here."""
    assert {link.kind for link in Resources.declared()} == set(KINDS)


def test_every_field_of_every_kind_has_a_check() -> None:
    """No field of a link is taken unchecked."""
    assert {field.name for kind in KINDS for field in dataclasses.fields(kind)} == set(CHECKS)


@given(kind=st.sampled_from(list(KINDS)), text=st.text() | JSON.map(json.dumps))
def test_any_text_is_a_link_or_an_error_that_names_it(kind: type[Kind], text: str) -> None:
    """Whatever stands in the variable, decoding raises nothing but the error for it."""
    with pytest.raises(MalformedLinkError) as raised:
        kind.decode("MyLink", text)
    assert raised.value.link == "MyLink"
    assert "MyLink" in str(raised.value)


@given(link=LINKS, data=st.data())
def test_one_field_of_the_wrong_form_is_named(link: Kind, data: st.DataObject) -> None:
    """A link with one field spoilt gives the error that names the link and this field."""
    values: dict[str, Any] = json.loads(link.encode())
    field = data.draw(st.sampled_from(sorted(values)))
    values[field] = data.draw(st.sampled_from(["", "two words\n", -1, 1.5, [], {}, {"password_file": "relative"}]))
    with pytest.raises(MalformedLinkError) as raised:
        type(link).decode("MyLink", json.dumps(values))
    assert (raised.value.link, raised.value.field) == ("MyLink", field)


@given(link=LINKS, data=st.data())
def test_a_missing_field_is_named(link: Kind, data: st.DataObject) -> None:
    """A link without one of its fields gives the error that names it."""
    values: dict[str, Any] = json.loads(link.encode())
    field = data.draw(st.sampled_from(sorted(values)))
    del values[field]
    with pytest.raises(MalformedLinkError, match=rf"MyLink.*{field} is missing"):
        type(link).decode("MyLink", json.dumps(values))


@given(link=LINKS)
def test_an_unknown_field_is_named(link: Kind) -> None:
    """A link with a field too many gives the error that names it."""
    values: dict[str, Any] = json.loads(link.encode()) | {"password": "hunter2"}
    with pytest.raises(MalformedLinkError, match="password is not a field") as raised:
        type(link).decode("MyLink", json.dumps(values))
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5_000, "null", "\ud800", ""])
def test_hostile_text_is_a_malformed_link(text: str) -> None:
    """Text that breaks a JSON parser's own limits is a malformed link, no other error."""
    with pytest.raises(MalformedLinkError):
        Postgres.decode("MyPostgres", text)


def test_a_token_is_not_sent_over_plain_tcp() -> None:
    """A link that would send an IAM token unencrypted can't be made."""
    with pytest.raises(MalformedLinkError, match="ca_file"):
        dataclasses.replace(LINK, auth=Iam())
    with pytest.raises(MalformedLinkError, match="ca_file"):
        Redis(host="cache", port=6379, user="app", auth=Iam(), region="us-east-1", replication_group="group")


def test_a_redis_token_needs_its_replication_group() -> None:
    """A Redis link with IAM names the group that the token is signed for."""
    with pytest.raises(MalformedLinkError, match="replication_group"):
        Redis(host="cache", port=6379, user="app", auth=Iam(), region="us-east-1", ca_file="/roots.pem")


def test_opensearch_does_not_take_a_password_file() -> None:
    """Each kind knows only its own ways of signing in."""
    text = json.dumps({"host": "h", "port": 1, "auth": {"password_file": "/x"}, "region": "us-east-1", "ca_file": None})
    with pytest.raises(MalformedLinkError, match="auth must be Iam or Anonymous"):
        OpenSearch.decode("MyOpenSearch", text)


def test_a_link_is_read_from_the_environment_when_it_is_first_used_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing reads nothing; the first use reads, and the second gives the same object."""

    class Mine:
        MyPostgres = LinkTo(Postgres)

    with pytest.raises(MissingLinkError):
        _ = Mine().MyPostgres
    monkeypatch.setenv(Mine.MyPostgres.variable, LINK.encode())
    first = Mine().MyPostgres
    monkeypatch.setenv(Mine.MyPostgres.variable, "changed")
    assert first == LINK
    assert Mine().MyPostgres is first


def test_a_missing_link_says_where_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a function, the error names the link, the function and the manifest."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "thumbnails")
    monkeypatch.delenv(Resources.MyRedis.variable, raising=False)
    with pytest.raises(MissingLinkError, match=r"MyRedis.*'thumbnails' in functions/manifest.py") as raised:
        _ = Resource.MyRedis
    assert (raised.value.link, raised.value.function) == ("MyRedis", "thumbnails")


def test_an_override_holds_within_its_block_only() -> None:
    """A test's link is in force inside the block, also when the block fails, and nowhere else."""

    def fails() -> None:
        with Resources.MyPostgres.override(LINK):
            assert Resource.MyPostgres is LINK
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with pytest.raises(LinkError):
        _ = Resource.MyPostgres


def test_a_link_encodes_into_its_own_variable() -> None:
    """What infra puts into a function's environment is what the function reads."""
    assert Resources.MyPostgres.encode(LINK) == {Resources.MyPostgres.variable: LINK.encode()}
