"""Mistakes in who may do what."""

from typing import Final

from criteria import database, health
from proof import permissions
from proof.mistakes.case import Case
from templates.edit import Edit
from templates.model import Json

POLICY: Final = "AWS::IAM::Policy"
ROLE: Final = "AWS::IAM::Role"


def _statements(edit: Edit, type_: str, having: str) -> list[Json]:
    given = edit.one(type_, having)
    if type_ == POLICY:
        return given["PolicyDocument"]["Statement"]
    return given["Policies"][0]["PolicyDocument"]["Statement"]


def _health(edit: Edit) -> list[Json]:
    return _statements(edit, ROLE, "function health")


def _drop(statements: list[Json], action: str) -> None:
    for statement in [each for each in statements if action in str(each["Action"])]:
        statements.remove(statement)


def _allow(statements: list[Json], action: str, resource: Json) -> None:
    statements.append({"Effect": "Allow", "Action": action, "Resource": resource})


def _deny_gone(edit: Edit) -> None:
    statements = _health(edit)
    statements[:] = [each for each in statements if each["Effect"] == "Allow"]


def _wide_trust(edit: Edit) -> None:
    document = edit.one(ROLE, "function health")["AssumeRolePolicyDocument"]
    document["Statement"][0]["Principal"] = {"AWS": "*"}


PERMISSIONS: Final = (
    Case("no grant on the database", lambda e: _drop(_health(e), "rds-db:connect"), health.signs_in),
    Case(
        "no grant on the database, by the table", lambda e: _drop(_health(e), "rds-db:connect"), permissions.permissions
    ),
    Case("no grant on Redis", lambda e: _drop(_health(e), "elasticache:Connect"), health.signs_in),
    Case("no grant on OpenSearch", lambda e: _drop(_health(e), "es:ESHttpGet"), health.signs_in),
    Case(
        "health as the owner",
        lambda e: _allow(_health(e), "rds-db:connect", "arn:aws:rds-db:*:*:dbuser:*/mocstack_owner"),
        permissions.permissions,
    ),
    Case(
        "health at the instance itself", lambda e: _allow(_health(e), "rds-db:connect", "*"), database.through_the_proxy
    ),
    Case("all of OpenSearch for health", lambda e: _allow(_health(e), "es:*", "*"), permissions.permissions),
    Case(
        "the master's secret for health",
        lambda e: _allow(_health(e), "secretsmanager:GetSecretValue", "*"),
        permissions.permissions,
    ),
    Case("a call on everything", lambda e: _allow(_health(e), "s3:*", "*"), permissions.permissions),
    Case(
        "all but one call",
        lambda e: _health(e).append({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        permissions.permissions,
    ),
    Case(
        "a managed policy that may do anything",
        lambda e: e.one(ROLE, "function health").update(
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]
        ),
        permissions.permissions,
    ),
    Case("a role that anybody takes on", _wide_trust, permissions.permissions),
    Case(
        "a role that is nobody's",
        lambda e: e.add("foundation", "Left", ROLE, AssumeRolePolicyDocument={"Statement": []}),
        permissions.permissions,
    ),
    Case("the network in the hands of the code", _deny_gone, permissions.network_denied_to_code),
    Case("no place in the network", lambda e: _drop(_health(e), "ec2:CreateNetworkInterface"), permissions.permissions),
    Case("no log for the function", lambda e: _drop(_health(e), "logs:PutLogEvents"), health.logs),
    Case(
        "the proxy can't sign in",
        lambda e: _drop(_statements(e, POLICY, "DatabaseProxyRole"), "rds-db:connect"),
        database.proxy,
    ),
    Case(
        "the proxy can't read the secret",
        lambda e: _drop(_statements(e, POLICY, "DatabaseProxyRole"), "secretsmanager:GetSecretValue"),
        database.proxy,
    ),
    Case("the proxy made before its policy", lambda e: e.body("AWS::RDS::DBProxy").pop("DependsOn"), database.proxy),
    Case(
        "alarms that tell nobody",
        lambda e: e.one("AWS::CloudWatch::Alarm").update(AlarmActions=[]),
        permissions.alarms_publish,
    ),
    Case(
        "alarms that may not publish",
        lambda e: e.one("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"].pop(),
        permissions.alarms_publish,
    ),
)
