"""The CDK's classes as its interfaces.

jsii names some parameters of a class otherwise than those of the interface that the class implements, so that type
checkers refuse the one in the other's place. At run time it is the same object.
"""

from typing import cast

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns


def as_principal(principal: iam.PrincipalBase) -> iam.IPrincipal:
    """Return a principal as what a policy or role is given to."""
    return cast("iam.IPrincipal", principal)


def as_role(role: iam.Role) -> iam.IRole:
    """Return a role as what a service is given."""
    return cast("iam.IRole", role)


def as_function(function: lambda_.Function) -> lambda_.IFunction:
    """Return a function as what invokes it is given."""
    return cast("lambda_.IFunction", function)


def as_topic(topic: sns.Topic) -> sns.ITopic:
    """Return a topic as what is sent to."""
    return cast("sns.ITopic", topic)


def as_alarm_action(action: cloudwatch_actions.SnsAction) -> cloudwatch.IAlarmAction:
    """Return an action as what an alarm does."""
    return cast("cloudwatch.IAlarmAction", action)
