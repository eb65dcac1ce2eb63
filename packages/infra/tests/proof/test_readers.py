"""The readers of templates, on templates of a few lines: what they take for what CloudFormation, EC2 and IAM would."""

from collections.abc import Mapping
from typing import Any

import pytest

from templates.made import TemplatesOf
from templates.model import Json, Templates, Written
from templates.policies import Call, UnknownPolicyError, possibly, read_policy, surely
from templates.resolve import ResolveError, resolve
from templates.rules import EVERYTHING, Ports, rules_of
from templates.variants import variants

_GROUP = "AWS::EC2::SecurityGroup"


def written(resources: Mapping[str, Json], outputs: Mapping[str, Json] | None = None, **rest: Json) -> Written:
    """Return a stage whose foundation is these resources, and whose application gives these outputs."""
    foundation: Json = {"Resources": resources, "Outputs": {"Name": _export("our-topic", {"Ref": "Topic"})}, **rest}
    application: Json = {
        "Resources": {},
        "Outputs": {name: {"Value": value} for name, value in (outputs or {}).items()},
    }
    return Written(
        config=variants()["bastion"],
        bodies={"foundation": foundation, "application": application},
        texts={},
        tags={},
        protected={},
        manifests={},
    )


def _export(name: str, value: Json) -> dict[str, Any]:
    return {"Value": value, "Export": {"Name": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}}


TOPIC: Mapping[str, Json] = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}}
ARN = "arn:aws:sns:us-east-1:111122223333:t"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Fn::ImportValue": "mocstack-dev-foundation-our-topic"}, ARN),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}, "b"]]}, "a-us-east-1-b"),
        ({"Fn::Sub": "${AWS::AccountId}/${!Literal}"}, "111122223333/${Literal}"),
        ({"Fn::Sub": ["${One}", {"One": {"Ref": "AWS::Partition"}}]}, "aws"),
        ({"Fn::Select": [5, {"Fn::Split": [":", ARN]}]}, "t"),
        ({"Fn::Select": [1, {"Fn::GetAZs": ""}]}, "us-east-1b"),
        ({"list": [{"Ref": "AWS::NoValue"}, 1], "gone": {"Ref": "AWS::NoValue"}}, {"list": [1]}),
        ("{{resolve:ssm:/a/b}}", "{{resolve:ssm:/a/b}}"),
    ],
)
def test_intrinsic_functions_are_resolved(given: Json, expected: Json) -> None:
    """What a template says by functions is read as CloudFormation reads it."""
    assert resolve(written(TOPIC, {"Out": given})).application.outputs["Out"] == expected


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Fn::ImportValue": "nowhere"}, "nothing exports nowhere"),
        ({"Ref": "Gone"}, "there is no resource Gone"),
        ({"Fn::Select": [9, ["a"]]}, "item 9 of 1"),
        ({"Fn::Transform": {}}, "not known to this reader"),
        ({"Fn::If": ["Gone", 1, 2]}, "no condition Gone"),
    ],
)
def test_what_can_not_be_resolved_is_an_error(given: Json, reason: str) -> None:
    """Nothing is guessed: what CloudFormation would refuse is refused, and what is not known here too."""
    with pytest.raises(ResolveError, match=reason):
        resolve(written(TOPIC, {"Out": given}))


def test_conditions_decide_what_is_there() -> None:
    """A resource whose condition does not hold is not there, and an `Fn::If` takes the other side."""
    made = resolve(
        written(
            {
                **TOPIC,
                "Other": {"Type": "AWS::SNS::Topic", "Condition": "Never", "Properties": {"TopicName": "other"}},
                "Third": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::If": ["Never", "a", "b"]}}},
            },
            Conditions={"Never": {"Fn::Equals": [{"Ref": "AWS::Region"}, "mars"]}},
        )
    )
    assert {each["TopicName"] for each in made.all()} == {"t", "b"}


def groups(egress: Json = None) -> Templates:
    """Return a stage with one security group, and its rules outward."""
    rules = {} if egress is None else {"SecurityGroupEgress": egress}
    return resolve(written({**TOPIC, "Group": {"Type": _GROUP, "Properties": {"VpcId": "vpc-1", **rules}}}))


def test_a_group_without_rules_outward_lets_everything_out() -> None:
    """EC2 gives such a group a rule of its own, which the template does not show."""
    (given,) = rules_of(groups()).egress.values()
    assert {rule.ports for rule in given} == set(EVERYTHING)


def test_a_group_with_a_rule_outward_lets_that_out() -> None:
    """One rule takes the place of EC2's."""
    (given,) = rules_of(
        groups([{"CidrIp": "10.0.0.0/8", "IpProtocol": "tcp", "FromPort": 1, "ToPort": 2}])
    ).egress.values()
    assert [rule.ports for rule in given] == [Ports("tcp", 1, 2)]


ALLOW = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}
GET = Call("s3:GetObject", "arn:aws:s3:::b/key")


def judged(*statements: Json, call: Call = GET) -> tuple[bool, bool]:
    """Return whether a call is surely allowed, and whether it is possibly."""
    given = read_policy({"Statement": list(statements)})
    return surely(given, call), possibly(given, call)


def test_what_is_not_allowed_is_denied() -> None:
    """Without a statement about it, a call is denied; wildcards are read as IAM reads them."""
    assert judged(ALLOW) == (True, True)
    assert judged(ALLOW, call=Call("s3:PutObject", GET.resource)) == (False, False)
    assert judged(ALLOW, call=Call("s3:GetObject", "arn:aws:s3:::other/key")) == (False, False)
    assert judged(ALLOW, call=Call("S3:getobject", GET.resource)) == (True, True)


def test_a_denial_wins() -> None:
    """An explicit denial stands above any allowance, in whatever order."""
    assert judged(ALLOW, {**ALLOW, "Effect": "Deny"}) == (False, False)
    assert judged({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}) == (True, True)


def test_a_condition_that_is_not_known_is_both() -> None:
    """An allowance on a condition is possible and not sure; a denial on one may or may not come."""
    condition = {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
    assert judged({**ALLOW, **condition}) == (False, True)
    assert judged(ALLOW, {**ALLOW, **condition, "Effect": "Deny"}) == (False, True)
    known = Call(GET.action, GET.resource, {"AWS:sourcevpc": "vpc-1"})
    assert judged({**ALLOW, **condition}, call=known) == (True, True)
    assert judged({**ALLOW, **condition}, call=Call(GET.action, GET.resource, {"aws:SourceVpc": "x"})) == (False, False)


def test_what_can_not_be_judged_is_an_error() -> None:
    """A form that the evaluator does not know is refused, not passed over."""
    with pytest.raises(UnknownPolicyError):
        read_policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}})
    with pytest.raises(UnknownPolicyError):
        read_policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": "*"}})


@pytest.mark.slow
def test_stand_ins_have_the_forms_of_the_services(templates_of: TemplatesOf) -> None:
    """What only a deployment would know looks as it will."""
    templates = templates_of("production")
    proxy = templates.only("AWS::RDS::DBProxy")
    assert proxy.attribute("DBProxyArn").startswith("arn:aws:rds:eu-central-1:111122223333:db-proxy:prx-")
    assert templates.foundation.exports["mocstack-production-proxy-id"].startswith("prx-")
    assert templates.foundation.exports["mocstack-production-redis-host"].startswith("clustercfg.mocstack-production.")
    assert templates.only("AWS::OpenSearchService::Domain").attribute("Arn").split(":")[2] == "es"
