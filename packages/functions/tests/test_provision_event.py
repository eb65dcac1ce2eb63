"""What the provision function reads of its events, and how it tells a failure."""

import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.provisioning import FunctionRole
from functions.provision import handler as module
from functions.provision.errors import ProvisionFailedError, UnknownEventError, shortened
from functions.provision.event import Deploy, Migrate, Remove, read_event

ARN = "arn:aws:iam::123456789012:role/mocstack-dev-health"
HEALTH = {"Name": "health", "RoleArn": ARN}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


class Context:
    """A Lambda context with time enough."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return 10_000


def event(*functions: object, request: str = "Create") -> dict[str, object]:
    """Return an event of CloudFormation's."""
    return {"RequestType": request, "ResourceProperties": {"ServiceToken": "...", "Functions": list(functions)}}


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_what_a_function_may_do_is_read(request_type: str) -> None:
    """Lists that are empty are left out by CDK."""
    search = {"Name": "search", "RoleArn": ARN, "Read": ["mocs", "tags"], "Write": ["mocs"]}
    assert read_event(event(HEALTH, search, request=request_type)) == Deploy(
        (
            FunctionRole(name="health", role_arn=ARN),
            FunctionRole(name="search", role_arn=ARN, read=("mocs", "tags"), write=("mocs",)),
        )
    )


def test_a_removal_and_a_call_by_hand_are_read() -> None:
    """Neither has properties that count."""
    assert read_event({"RequestType": "Delete", "PhysicalResourceId": "p"}) == Remove("p")
    assert read_event({"action": "migrate"}) == Migrate()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (None, "there is nothing to do in the event"),
        ([], "there is nothing to do in the event"),
        ({"RequestType": "Destroy"}, "there is nothing to do in the event"),
        ({"RequestType": "Create"}, "ResourceProperties has no list of Functions"),
        ({"RequestType": "Create", "ResourceProperties": {"Functions": "health"}}, "has no list of Functions"),
        (event("health"), "no Name and RoleArn"),
        (event({"Name": "health"}), "no Name and RoleArn"),
        (event({"Name": "../roles/all_access", "RoleArn": ARN}), "no Name and RoleArn"),
        (event({"Name": "health", "RoleArn": "*"}), "no Name and RoleArn"),
        (event({**HEALTH, "Read": "mocs"}), "is no list of indexes' names"),
        (event({**HEALTH, "Read": {"mocs": 1}}), "is no list of indexes' names"),
        (event({**HEALTH, "Write": ["*"]}), "is no list of indexes' names"),
        (event({**HEALTH, "Write": [1]}), "is no list of indexes' names"),
        (event(HEALTH, HEALTH), "Functions has 'health' twice"),
    ],
)
def test_anything_else_is_refused_with_what_is_taken(wrong: object, said: str) -> None:
    """A wildcard above all, which would open every index."""
    with pytest.raises(UnknownEventError, match=said) as raised:
        read_event(wrong)
    assert "this function takes {'action': 'migrate'}" in str(raised.value)
    assert len(str(raised.value).encode()) < 1024


@given(JSON)
def test_no_event_is_taken_for_another(given_event: object) -> None:
    """Whatever comes is read or refused in the same way."""
    try:
        read_event(given_event)
    except UnknownEventError:
        return
    assert isinstance(given_event, dict)


@given(st.text(max_size=3000))
@example("é" * 2000)
def test_a_reason_is_short_and_one_line(reason: str) -> None:
    """CloudFormation cuts what is longer, and shows one line."""
    short = shortened(reason)
    assert len(short.encode()) <= 900
    assert short.splitlines() in ([short], [])


def test_of_a_long_reason_both_ends_are_kept() -> None:
    """It begins with where it failed and ends with why."""
    short = shortened("it failed at " + "x" * 5000 + " because of y")
    assert short.startswith("it failed at ")
    assert short.endswith(" because of y")


def test_what_nobody_expected_is_in_the_log_and_not_in_the_reason(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knows whether it holds a secret."""

    def fail(_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(module, "read_event", fail)
    with caplog.at_level(logging.ERROR), pytest.raises(ProvisionFailedError, match="ZeroDivisionError") as raised:
        module.handler({}, Context())
    assert "secret" not in str(raised.value)
    assert "provisioning failed" in caplog.text
