"""Who may do what: the one table, held against what the roles' policies allow.

What the table has must be allowed whatever is not known of a call; what it does not have must be denied, whatever is
not known: of some two thousand actions, each on everything in the stage and on some things of others.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from criteria.finding import Findings, differs
from templates.actions import actions
from templates.model import Templates
from templates.policies import Call, possibly, read_policy, surely
from templates.principals import principals, things
from templates.roles import Role, roles

Grants: TypeAlias = Mapping[str, tuple[str, ...]]
"""Actions, by the name of what they are on."""

_WRITE_LOG: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
IN_NETWORK: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda calls as a function's role to place it in the network."""
_HTTP: Final = tuple(f"es:ESHttp{method}" for method in ("Delete", "Get", "Head", "Patch", "Post", "Put"))
_SESSIONS: Final = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)

MAY: Final[Mapping[str, Grants]] = {
    # core.health: SELECT 1, PING and cluster health, each signed for.
    "health": {
        "no resource": IN_NETWORK,
        "a stream of log /aws/lambda/health": _WRITE_LOG,
        "app at the proxy": ("rds-db:connect",),
        "redis": ("elasticache:Connect",),
        "redis user app": ("elasticache:Connect",),
        "the domain's health": ("es:ESHttpGet",),
    },
    # functions.provision: migrations as the owner, OpenSearch as its master, and the same three engines waited for.
    "provision": {
        "no resource": IN_NETWORK,
        "a stream of log /aws/lambda/provision": _WRITE_LOG,
        "owner at the proxy": ("rds-db:connect",),
        "redis": ("elasticache:Connect",),
        "redis user app": ("elasticache:Connect",),
        "the domain's health": _HTTP,
        "the domain's index": _HTTP,
        "the domain's security": _HTTP,
    },
    # The CDK's provider framework: it hands an event on.
    "provision-framework": {
        "a stream of log /aws/lambda/provision-framework": _WRITE_LOG,
        "function provision": ("lambda:GetFunction", "lambda:InvokeFunction"),
    },
    # RDS Proxy signs in to the instance: as `app` by a token, as the master by RDS's secret.
    "proxy": {
        "app at the instance": ("rds-db:connect",),
        "the master's secret": ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
    },
    "flow-log": dict.fromkeys(
        ("log /aws/vendedlogs/flows", "a stream of log /aws/vendedlogs/flows"),
        ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
    ),
    # AmazonRDSEnhancedMonitoringRole, which is AWS's.
    "monitoring": {
        "RDS's log of metrics": ("logs:CreateLogGroup", "logs:PutRetentionPolicy"),
        "a stream of RDS's log of metrics": (
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:GetLogEvents",
            "logs:PutLogEvents",
            "logs:PutRetentionPolicy",
        ),
    },
    "bastion": {"no resource": _SESSIONS},
}
"""By who acts: what they may do, and on what. A function's row is what its code does."""

TRUSTED: Final[Mapping[str, str]] = {
    "health": "lambda.amazonaws.com",
    "provision": "lambda.amazonaws.com",
    "provision-framework": "lambda.amazonaws.com",
    "proxy": "rds.amazonaws.com",
    "flow-log": "vpc-flow-logs.amazonaws.com",
    "monitoring": "monitoring.rds.amazonaws.com",
    "bastion": "ec2.amazonaws.com",
}
"""Which service takes each role on, and nobody else does."""

ON_EVERYTHING: Final[Mapping[frozenset[str], str]] = {
    frozenset(
        IN_NETWORK
    ): "Lambda places a function in the VPC in its name: interfaces have no ARN before they are made, "
    "and a second statement denies the same to the function's code",
    frozenset(_SESSIONS): "an instance registers itself and its channels, which have no ARN either",
}
"""The sets of actions that are allowed on `*`, and why."""


def permissions(templates: Templates) -> Findings:
    """Report what somebody may and should not, and what they should and may not."""
    acting, named = principals(templates), things(templates)
    for role in roles(templates).values():
        if role.arn not in {each.arn for each in acting.values()}:
            yield f"{role.resource} is nobody's role that is known here"
    for name, role in acting.items():
        if name not in MAY:
            yield f"{name} has a role, and no row in the table of permissions"
            continue
        yield from differs(f"who takes on the role of {name}", set(role.trusted), {TRUSTED[name]})
        yield from _lacks(name, role, named)
        yield from _exceeds(name, role, named)
        yield from _not_on_everything(name, role)


def _lacks(name: str, role: Role, named: Mapping[str, str]) -> Iterator[str]:
    for thing, granted in MAY[name].items():
        for action in granted:
            # Lambda's own calls in a function's name carry no source; a call of the code would.
            call = Call(action, named[thing], {"lambda:SourceFunctionArn": "nobody"} if thing == "no resource" else {})
            if not surely(role.statements, call):
                yield f"{name} may not {action} on {thing}"


def _exceeds(name: str, role: Role, named: Mapping[str, str]) -> Iterator[str]:
    for action in actions():
        if not any(each.effect == "Allow" and each.names(action) for each in role.statements):
            continue
        for thing, arn in named.items():
            if not _concerns(action, arn) or action in MAY[name].get(thing, ()):
                continue
            if action in MAY[name].get("no resource", ()):
                continue
            if possibly(role.statements, Call(action, arn)):
                yield f"{name} may {action} on {thing}"


def _concerns(action: str, arn: str) -> bool:
    """Tell whether an action can be on a resource: a service's actions are on its own resources."""
    return arn == "*" or arn.split(":")[2] == action.split(":", maxsplit=1)[0]


def _not_on_everything(name: str, role: Role) -> Iterator[str]:
    for statement in role.statements:
        if statement.effect == "Allow":
            if statement.all_but_actions or statement.all_but_resources:
                yield f"{name} may do all but something: {statement.actions} on {statement.resources}"
            if "*" in statement.resources and frozenset(statement.actions) not in ON_EVERYTHING:
                yield f"{name} may {', '.join(statement.actions)} on everything, for no reason that is on record"


def network_denied_to_code(templates: Templates) -> Findings:
    """Report a function whose code may do what Lambda does to place it in the network."""
    for function in templates.of("AWS::Lambda::Function"):
        role, context = roles(templates)[function["Role"]], {"lambda:SourceFunctionArn": function.attribute("Arn")}
        for action in IN_NETWORK:
            if possibly(role.statements, Call(action, "*", context)):
                yield f"the code of {function} may {action}"


def alarms_publish(templates: Templates) -> Findings:
    """Report alarms that could not tell anybody: a topic with a policy of its own has lost the one it came with."""
    topic = templates.only("AWS::SNS::Topic")
    statements = [
        statement
        for policy in templates.of("AWS::SNS::TopicPolicy")
        if topic.ref in policy["Topics"]
        for statement in read_policy(policy["PolicyDocument"])
    ]
    account = topic.ref.split(":")[4]
    for alarm in templates.of("AWS::CloudWatch::Alarm"):
        context = {"aws:SecureTransport": "true", "aws:SourceAccount": account, "aws:SourceArn": alarm.attribute("Arn")}
        call = Call("sns:Publish", topic.ref, context, principal="cloudwatch.amazonaws.com")
        if statements and not surely(statements, call):
            yield f"CloudWatch may not publish to the topic for {alarm}"
        if topic.ref not in alarm.get("AlarmActions", []):
            yield f"{alarm} tells nobody"
