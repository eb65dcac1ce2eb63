"""The picture of the architecture: what is committed is what the templates say."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from infra.assemblies import Stacks
from infra.diagram import architecture, draw
from infra.diagram.__main__ import main

pytestmark = pytest.mark.slow

Change: TypeAlias = Callable[[Any], None]


def test_the_committed_picture_is_of_the_templates(stages: Mapping[str, Stacks], pages: Path) -> None:
    """It shows the three stages; `python -m infra.diagram docs/images/architecture.svg` brings it up to date."""
    assert draw(architecture(stages)) == (pages / "images" / "architecture.svg").read_text("utf-8")


CHANGES: Final[Mapping[str, tuple[str, str, Change]]] = {
    "a size": ("production", "AWS::RDS::DBInstance", lambda each: each.update(DBInstanceClass="db.r6g.xlarge")),
    "a node more": (
        "staging",
        "AWS::OpenSearchService::Domain",
        lambda each: each["ClusterConfig"].update(InstanceCount=2),
    ),
    "a subnet": ("dev", "AWS::EC2::Subnet", lambda each: each.update(CidrBlock="10.0.9.0/24")),
    "a rule": ("dev", "AWS::EC2::SecurityGroupIngress", lambda each: each.update(FromPort=1, ToPort=1)),
    "a route": ("dev", "AWS::ApiGatewayV2::Route", lambda each: each.update(RouteKey="GET /other")),
}


@pytest.mark.parametrize(("stage", "type_", "change"), CHANGES.values(), ids=CHANGES)
def test_what_changes_in_a_template_changes_in_the_picture(
    stage: str, type_: str, change: Change, stages: Mapping[str, Stacks]
) -> None:
    """A picture that is out of date is noticed: each thing that it shows comes from a template."""
    before = draw(architecture(stages))
    change(stages[stage].of_type(type_)[0])
    assert draw(architecture(stages)) != before


def test_a_nat_gateway_less_is_one_less_in_the_picture(stages: Mapping[str, Stacks]) -> None:
    """Where production has a gateway in each zone, the picture says so."""
    before = draw(architecture(stages))
    resources: dict[str, Any] = dict(stages["production"].foundation["Resources"])
    gone = [id_ for id_, body in resources.items() if body["Type"] == "AWS::EC2::NatGateway"][-1]
    del resources[gone]
    fewer = Stacks({"Resources": resources}, stages["production"].application)
    assert draw(architecture({**stages, "production": fewer})) != before


def test_the_command_draws_what_was_synthesized(assemblies: Path, stages: Mapping[str, Stacks], tmp_path: Path) -> None:
    """It reads the assemblies themselves."""
    file = tmp_path / "architecture.svg"
    assert main([str(file), "--assemblies", str(assemblies)]) == 0
    assert file.read_text("utf-8") == draw(architecture(stages))


def test_without_a_stage_the_command_says_what_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An assembly that is missing is named, with the session that writes it; no file is begun."""
    file = tmp_path / "architecture.svg"
    with pytest.raises(SystemExit, match="2"):
        main([str(file), "--assemblies", str(tmp_path / "cdk.out")])
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"python -m infra.diagram: error: {tmp_path}/cdk.out holds no stage 'dev': `nox -s synth -- dev` writes it"
    )
    assert not file.exists()
