"""A program that tells what each feature flag of the app does, with the flags as they are and without each.

`python flags.py FOLDER` writes to `flags.json` in it, by flag, whether what it is there for holds: with and without it.
It is a process of its own, so that of the tests' processes none starts a CDK.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

from infra.cdk.node import use_for_jsii

# Before aws_cdk is imported, by whomever.
use_for_jsii()

from aws_cdk import App, CfnOutput, Environment, SecretValue, Stack  # noqa: E402
from aws_cdk import aws_ec2 as ec2  # noqa: E402
from aws_cdk import aws_iam as iam  # noqa: E402
from aws_cdk import aws_rds as rds  # noqa: E402
from aws_cdk import aws_s3 as s3  # noqa: E402
from aws_cdk import aws_secretsmanager as secretsmanager  # noqa: E402
from aws_cdk.assertions import Template  # noqa: E402

from infra.app import FLAGS  # noqa: E402
from infra.interfaces import as_principal  # noqa: E402

HERE: Final = Environment(account="111122223333", region="us-east-1")


def strong_references(app: App) -> bool:
    """Tell whether what one stack uses of another is an import, which CloudFormation holds the export for."""
    one, other = Stack(app, "One", env=HERE), Stack(app, "Other", env=HERE)
    CfnOutput(other, "Arn", value=s3.Bucket(one, "Bucket").bucket_arn)
    return "Fn::ImportValue" in json.dumps(Template.from_stack(other).to_json())


def proxies_of_their_own(app: App) -> bool:
    """Tell whether the proxies of two stacks, which nobody has named, have two names."""
    one, other = (_proxy(Stack(app, id_, env=HERE)) for id_ in ("One", "Other"))
    return one != other


def _proxy(stack: Stack) -> str | None:
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=["us-east-1a", "us-east-1b"])
    instance = rds.DatabaseInstance(
        stack, "Instance", vpc=vpc, engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15)
    )
    proxy = rds.DatabaseProxy(
        stack,
        "Proxy",
        vpc=vpc,
        proxy_target=rds.ProxyTarget.from_instance(instance),
        # It is one; pyright minds the name of a parameter, which jsii has otherwise.
        secrets=[cast("secretsmanager.ISecret", secretsmanager.Secret(stack, "Secret"))],
    )
    return cast("rds.CfnDBProxy", proxy.node.default_child).db_proxy_name


def joined_statements(app: App) -> bool:
    """Tell whether two statements on one resource become one."""
    stack = Stack(app, "Stack")
    role = iam.Role(stack, "Role", assumed_by=as_principal(iam.ServicePrincipal("lambda.amazonaws.com")))
    for action in ("s3:GetObject", "s3:PutObject"):
        role.add_to_policy(iam.PolicyStatement(actions=[action], resources=["arn:aws:s3:::a/*"]))
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return len(policy["Properties"]["PolicyDocument"]["Statement"]) == 1


def refused_secrets(app: App) -> bool:
    """Tell whether a secret in an output is an error."""
    stack = Stack(app, "Stack")
    CfnOutput(stack, "Password", value=SecretValue.secrets_manager("master").to_string())
    try:
        Template.from_stack(stack)
    except RuntimeError as error:
        if "SecretValue" not in str(error):
            raise
        return True
    return False


def logs_by_policy(app: App) -> bool:
    """Tell whether access logs are let into their bucket by its policy, without an access control list."""
    stack = Stack(app, "Stack")
    s3.Bucket(stack, "Files", server_access_logs_bucket=s3.Bucket(stack, "Logs"))
    template = Template.from_stack(stack)
    lists = [body for body in template.find_resources("AWS::S3::Bucket").values() if "AccessControl" in str(body)]
    return not lists and "logging.s3.amazonaws.com" in json.dumps(template.find_resources("AWS::S3::BucketPolicy"))


def literal_partitions(app: App) -> bool:
    """Tell whether an ARN in a region that is known names its partition."""
    stack = Stack(app, "Stack", env=HERE)
    return "AWS::Partition" not in json.dumps(stack.resolve(stack.format_arn(service="s3", resource="a")))


PROBES: Final[Mapping[str, Callable[[App], bool]]] = {
    "@aws-cdk/core:defaultCrossStackReferences": strong_references,
    "@aws-cdk/aws-rds:databaseProxyUniqueResourceName": proxies_of_their_own,
    "@aws-cdk/aws-iam:minimizePolicies": joined_statements,
    "@aws-cdk/core:checkSecretUsage": refused_secrets,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": logs_by_policy,
    "@aws-cdk/core:enablePartitionLiterals": literal_partitions,
}
"""By flag: what is to hold with it."""


def main(folder: Path) -> None:
    """Try every flag.

    Raises:
        ValueError: a flag has nothing here that it is tried by, or is none of the app's.
    """
    if PROBES.keys() != FLAGS.keys():
        raise ValueError(f"these are tried, or set, and not both: {sorted(PROBES.keys() ^ FLAGS.keys())}")
    told = {flag: [_holds(folder, flag, FLAGS), _holds(folder, flag, _without(flag))] for flag in PROBES}
    (folder / "flags.json").write_text(json.dumps(told))


def _without(flag: str) -> Mapping[str, object]:
    return {name: value for name, value in FLAGS.items() if name != flag}


def _holds(folder: Path, flag: str, flags: Mapping[str, object]) -> bool:
    assembly = folder / f"{list(FLAGS).index(flag)}-{len(flags)}"
    return PROBES[flag](App(outdir=str(assembly), analytics_reporting=False, context=dict(flags)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
