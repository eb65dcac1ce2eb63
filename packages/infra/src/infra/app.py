"""The CDK app of a stage: its two stacks, and the cloud assembly that they are written to.

No account is needed and nothing is looked up: the same stage and bundles make the same templates to the byte.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from aws_cdk import App, Tags

from core.manifest import Function
from functions.manifest import FUNCTIONS

from .bundle import Bundle
from .stacks import ApplicationStack, FoundationStack
from .stacks.properties import tags
from .stage import StageConfig

FLAGS: Final[Mapping[str, object]] = {
    # An export that the foundation no longer gives must fail the deployment, not the functions.
    "@aws-cdk/core:defaultCrossStackReferences": "strong",
    # Proxies of two stages in one account would have one name.
    "@aws-cdk/aws-rds:databaseProxyUniqueResourceName": True,
    # Statements on one resource become one statement: policies stay small and readable.
    "@aws-cdk/aws-iam:minimizePolicies": True,
    # A secret's value in a place that would show it is an error.
    "@aws-cdk/core:checkSecretUsage": True,
    # Access logs are let into their bucket by its policy: access control lists are off.
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    # ARNs name the partition of the stage's region.
    "@aws-cdk/core:enablePartitionLiterals": True,
}
"""The feature flags of the CDK, each with its reason; the set that `cdk init` recommends breaks things here."""


def build(
    config: StageConfig, *, bundles: Mapping[str, Bundle], out: Path, manifest: Sequence[Function] = FUNCTIONS
) -> App:
    """Return the app of a stage, not yet written.

    Args:
        config: the stage.
        bundles: the bundle of each function, by its name, and of the provision function.
        out: the folder of the cloud assembly.
        manifest: the functions.
    """
    app = App(outdir=str(out), analytics_reporting=False, context=dict(FLAGS))
    foundation = FoundationStack(app, "Foundation", config=config)
    application = ApplicationStack(
        app, "Application", config=config, exports=foundation.exports, bundles=bundles, manifest=manifest
    )
    application.add_stack_dependency(foundation)
    for name, value in tags(config).items():
        Tags.of(app).add(name, value)
    return app


def write_assembly(config: StageConfig, *, bundles: Mapping[str, Bundle], out: Path) -> None:
    """Write the cloud assembly of a stage: its templates, and what they deploy.

    Args:
        config: the stage.
        bundles: the bundle of each function, by its name.
        out: the folder, new or empty.
    """
    build(config, bundles=bundles, out=out).synth()
