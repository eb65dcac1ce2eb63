"""What any function's role needs, whatever the function does: a place in the network, and its log."""

from collections.abc import Iterator
from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.log_group_names import function_log
from infra.stage import StageConfig

from .naming import function_name

_NETWORK_ACTIONS: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does as the function's role to place it in a VPC: those of AWSLambdaVPCAccessExecutionRole."""


def run_in_network(scope: Construct, config: StageConfig, function: str) -> Iterator[iam.PolicyStatement]:
    """Let Lambda place a function in the VPC, and nobody else use that.

    The role is the code's too. The second statement, which Lambda's documentation describes, tells the two apart:
    requests of the code carry the function's ARN, those of the service don't.
    """
    arn = Stack.of(scope).format_arn(
        service="lambda",
        resource="function",
        resource_name=function_name(config, function),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    yield iam.PolicyStatement(sid="PlaceInNetwork", actions=list(_NETWORK_ACTIONS), resources=["*"])
    yield iam.PolicyStatement(
        sid="NotByTheCode",
        effect=iam.Effect.DENY,
        actions=list(_NETWORK_ACTIONS),
        resources=["*"],
        conditions={"ArnEquals": {"lambda:SourceFunctionArn": arn}},
    )


def write_log(scope: Construct, config: StageConfig, function: str) -> iam.PolicyStatement:
    """Let a function write its log. The group itself is the stack's to make."""
    arn = Stack.of(scope).format_arn(
        service="logs",
        resource="log-group",
        resource_name=f"{function_log(config, function)}:log-stream:*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[arn])
