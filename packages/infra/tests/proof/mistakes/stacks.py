"""Mistakes in the two stacks themselves, in what they tell each other, and in references."""

from typing import Final

from core.names import Part
from criteria import stacks
from criteria.reach import reach
from proof.mistakes.case import Case
from templates.edit import Edit, Mistake

FUNCTION: Final = "AWS::Lambda::Function"


def _no_export(edit: Edit) -> None:
    outputs = edit.bodies["foundation"]["Outputs"]
    name = next(each for each, body in outputs.items() if body.get("Export", {}).get("Name", "").endswith("redis-host"))
    del outputs[name]


def _circle(edit: Edit) -> None:
    edit.one("AWS::EC2::VPC")["InstanceTenancy"] = edit.ref("AWS::EC2::Subnet")


def _twice(edit: Edit) -> None:
    outputs = edit.bodies["foundation"]["Outputs"]
    outputs["Again"] = next(body for body in outputs.values() if "Export" in body)


def _protect(part: Part, *, on: bool) -> Mistake:
    """Return what switches a stack's termination protection."""
    return lambda edit: edit.protected.update({part: on})


STACKS: Final = (
    Case("a foundation that anybody deletes", _protect("foundation", on=False), stacks.protected),
    Case("an application that anybody deletes", _protect("application", on=False), stacks.protected, "staging"),
    Case("a dev stage that nobody removes", _protect("application", on=True), stacks.protected, "dev"),
    Case("a personal stage that nobody removes", _protect("foundation", on=True), stacks.protected, "personal"),
)
REFUSED: Final = (
    Case("nothing exports mocstack-production-redis-host", _no_export, reach),
    Case("there is no resource", lambda e: e.remove("AWS::RDS::DBSubnetGroup"), reach),
    Case("which is not there", lambda e: e.body(FUNCTION, "-health").update(DependsOn=["Gone"]), reach),
    Case("a circle of references", _circle, reach),
    Case("is given twice", _twice, reach),
)
"""Mistakes that CloudFormation refuses by itself, each named by what it is refused with."""
