"""The CDK's framework for custom resources: a function that hands CloudFormation's events on, and the answers back."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources
from constructs import Construct

from infra.functions import function_name, write_log
from infra.interfaces import as_function, as_principal, as_role
from infra.log_group_names import FRAMEWORK, function_log
from infra.log_groups import log_group
from infra.stage import StageConfig
from infra.wildcards import acknowledge_wildcards


def provider_of(scope: Construct, *, config: StageConfig, function: lambda_.Function) -> custom_resources.Provider:
    """Return what makes custom resources of a function that answers within Lambda's 15 minutes.

    It runs outside of the VPC: it talks to Lambda and CloudFormation alone.
    """
    role = _role(scope, config)
    provider = custom_resources.Provider(
        scope,
        "Framework",
        provider_function_name=function_name(config, FRAMEWORK),
        on_event_handler=as_function(function),
        log_group=log_group(scope, "FrameworkLogs", config=config, name=function_log(config, FRAMEWORK)),
        # The reason of a failure is CloudFormation's to show, and in the log of the function.
        framework_lambda_logging_level=lambda_.ApplicationLogLevel.ERROR,
        framework_on_event_role=as_role(role),
    )
    # What the provider has given the role by itself.
    invocation = iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=function.resource_arns_for_grant_invoke
    )
    acknowledge_wildcards(role, [invocation])
    return provider


def _role(scope: Construct, config: StageConfig) -> iam.Role:
    """Return a role that may write the framework's log. The one that the CDK would make may write any."""
    statements = [write_log(scope, config, FRAMEWORK)]
    role = iam.Role(
        scope,
        "FrameworkRole",
        assumed_by=as_principal(iam.ServicePrincipal("lambda.amazonaws.com")),
        description=f"Hands CloudFormation's events on to the provision function of stage {config.name}",
        inline_policies={"log": iam.PolicyDocument(statements=statements)},
    )
    acknowledge_wildcards(role, statements)
    return role
