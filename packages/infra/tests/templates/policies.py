"""IAM policies, evaluated as IAM does for calls within one account: an explicit denial wins, then any allowance.

Where a condition's outcome hangs on what a template does not say, both answers are kept apart: `surely` is what holds
whatever it comes out as, `possibly` what could. A permission that must be there is asked of the first, one that must
not of the second.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from .errors import UnreadableError
from .model import Json, Properties, is_list

_NEGATED: Final = "Not"


class UnknownPolicyError(UnreadableError):
    """A policy is of a form that this reader does not know, and could not judge."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an AWS API.

    Attributes:
        action: as in `s3:GetObject`.
        resource: the ARN that it is made on; `*` for a call that is on no resource.
        context: the condition keys that are known of it.
        principal: the ARN of the role that makes it; of interest to resource policies alone.
    """

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    principal: str = ""

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy.

    Attributes:
        effect: whether it allows or denies.
        actions: patterns of actions.
        all_but_actions: whether it is about all the other actions.
        resources: patterns of ARNs.
        all_but_resources: whether it is about all the other resources.
        principals: in a resource policy, whom it is about; None elsewhere.
        conditions: operator, key and values.
    """

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    all_but_actions: bool
    resources: tuple[str, ...]
    all_but_resources: bool
    principals: tuple[str, ...] | None
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]

    def names(self, action: str) -> bool:
        """Tell whether it is about an action."""
        return any(_matches(each, action, ignore_case=True) for each in self.actions) != self.all_but_actions

    def covers(self, call: Call) -> bool:
        """Tell whether it is about a call, its conditions aside."""
        if not self.names(call.action):
            return False
        if any(_matches(each, call.resource) for each in self.resources) == self.all_but_resources:
            return False
        return self.principals is None or any(_matches(each, call.principal) for each in self.principals)

    def holds(self, context: Mapping[str, str]) -> bool | None:
        """Tell whether its conditions hold; None if that can't be told."""
        known = {key.lower(): value for key, value in context.items()}  # keys are read without regard to case
        outcomes = [
            _condition(operator, known.get(key.lower()), values)
            for operator, keys in self.conditions.items()
            for key, values in keys.items()
        ]
        if False in outcomes:
            return False
        return None if None in outcomes else True


def read_policy(document: Properties) -> list[Statement]:
    """Return the statements of a policy document.

    Raises:
        UnknownPolicyError: one has variables in its ARNs, or lacks what it must have.
    """
    given = document["Statement"]
    return [_statement(each) for each in (given if is_list(given) else [given])]


def surely(statements: Iterable[Statement], call: Call) -> bool:
    """Tell whether a call is allowed, whatever is not known of it."""
    about = [each for each in statements if each.covers(call)]
    allowed = any(each.effect == "Allow" and each.holds(call.context) is True for each in about)
    return allowed and not any(each.effect == "Deny" and each.holds(call.context) is not False for each in about)


def possibly(statements: Iterable[Statement], call: Call) -> bool:
    """Tell whether a call could be allowed, under some outcome of what is not known of it."""
    about = [each for each in statements if each.covers(call)]
    allowed = any(each.effect == "Allow" and each.holds(call.context) is not False for each in about)
    return allowed and not any(each.effect == "Deny" and each.holds(call.context) is True for each in about)


def _statement(given: Properties) -> Statement:
    actions, resources = _either(given, "Action"), _either(given, "Resource")
    if actions is None or (resources is None and "Principal" not in given):
        raise UnknownPolicyError(f"a statement lacks its actions or resources: {dict(given)}")
    for resource in resources or ():
        if "${" in resource:
            raise UnknownPolicyError(f"a policy variable in {resource}: not known here")
    return Statement(
        effect=given["Effect"],
        actions=actions,
        all_but_actions=_NEGATED + "Action" in given,
        resources=resources or ("*",),
        all_but_resources=_NEGATED + "Resource" in given,
        principals=_principals(given),
        conditions={
            operator: {key: _texts(values) for key, values in keys.items()}
            for operator, keys in given.get("Condition", {}).items()
        },
    )


def _principals(given: Properties) -> tuple[str, ...] | None:
    if "NotPrincipal" in given:
        raise UnknownPolicyError(f"NotPrincipal is not known here: {dict(given)}")
    principal = given.get("Principal")
    if principal is None:
        return None
    if principal == "*":
        return ("*",)
    return tuple(each for values in principal.values() for each in _texts(values))


def _either(given: Properties, name: str) -> tuple[str, ...] | None:
    value = given.get(name, given.get(_NEGATED + name))
    return None if value is None else _texts(value)


def _texts(value: Json) -> tuple[str, ...]:
    values = value if is_list(value) else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    return (
        _compiled(pattern.lower() if ignore_case else pattern).fullmatch(text.lower() if ignore_case else text)
        is not None
    )


@cache
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern), re.DOTALL)


def _condition(operator: str, value: str | None, expected: tuple[str, ...]) -> bool | None:
    """Return the outcome of a condition; None for a key that is not known, or an operator that is not read here."""
    if value is None:
        return None
    match operator.removeprefix("ForAnyValue:"):
        case "StringEquals" | "ArnEquals" | "Bool":
            return value in expected
        case "StringNotEquals":
            return value not in expected
        case "StringLike" | "ArnLike":
            return any(_matches(each, value) for each in expected)
        case _:
            return None
