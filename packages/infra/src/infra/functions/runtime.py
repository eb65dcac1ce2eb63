"""How every function of a stage runs: its runtime, its place in the network, its log, what its environment says."""

from typing import TYPE_CHECKING, Final

from aws_cdk import Annotations, Duration, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from core import environment
from core.manifest import Function
from infra.acknowledgements import acknowledge
from infra.bundle import DEPLOYED_PYTHON, Bundle
from infra.links import Links
from infra.log_group_names import function_log
from infra.log_groups import log_group
from infra.stage import StageConfig

from .naming import function_name

if TYPE_CHECKING:
    from infra.stacks.exports import Exports

_VERSION_LENGTH: Final = 12
"""Characters of a bundle's digest that say which code runs."""

_RUNTIME_REASON: Final = (
    "The bytecode in a bundle is compiled by an interpreter of the runtime's own minor version, and 3.13 is the newest "
    "that everybody who builds one finds. Lambda supports it until June 2029."
)


class Place(Construct):
    """Where functions run: the private subnets, with the group of the functions. Both are the foundation's.

    Attributes:
        vpc: the VPC.
        group: the security group.
    """

    def __init__(self, scope: Construct, id_: str, *, exports: "Exports") -> None:
        super().__init__(scope, id_)
        self.vpc: ec2.IVpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=exports.vpc_id,
            # The CDK counts zones and subnets; which zones these are shows nowhere.
            availability_zones=[Fn.select(index, Fn.get_azs()) for index in range(len(exports.private_subnet_ids))],
            private_subnet_ids=list(exports.private_subnet_ids),
        )
        for subnet in self.vpc.private_subnets:
            Annotations.of(subnet).acknowledge_warning(
                "@aws-cdk/aws-ec2:noSubnetRouteTableId", "Routes are the foundation's: nothing here asks for them."
            )
        # Its rules are the network's: a rule written here would be a second one, and fail.
        self.group: ec2.ISecurityGroup = ec2.SecurityGroup.from_security_group_id(
            self, "Group", exports.functions_group_id, mutable=False
        )


def make_function(  # noqa: PLR0913  # what a function is made of
    scope: Construct,
    id_: str,
    *,
    config: StageConfig,
    function: Function,
    bundle: Bundle,
    links: Links,
    role: iam.IRole,
    place: Place,
) -> lambda_.Function:
    """Return a function of the manifest, with its log group beside it.

    It has no reserved concurrency, which new accounts have none for: the API's throttling is what bounds it. It is
    not traced: its log has how long an invocation and its start took, and tracing needs rights on all resources.
    """
    made = lambda_.Function(
        scope,
        id_,
        function_name=function_name(config, function.name),
        description=function.description,
        runtime=lambda_.Runtime(f"python{DEPLOYED_PYTHON}", lambda_.RuntimeFamily.PYTHON),
        architecture=lambda_.Architecture.ARM_64,
        handler=function.handler,
        # The hash is of what is in the bundle: the same content is never deployed twice, however it is zipped.
        code=lambda_.Code.from_asset(str(bundle.path), asset_hash=bundle.digest),
        memory_size=function.memory,
        timeout=Duration.seconds(function.timeout),
        environment={**(function.environment or {}), **_own(config, bundle), **links.environment(*function.links)},
        role=role,
        vpc=place.vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=place.vpc.private_subnets),
        security_groups=[place.group],
        log_group=log_group(scope, "Logs", config=config, name=function_log(config, function.name)),
        logging_format=lambda_.LoggingFormat.JSON,
        application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        # Level INFO has the record of each invocation: its id, how it ended, how long it took.
        system_log_level_v2=lambda_.SystemLogLevel.INFO,
        tracing=lambda_.Tracing.DISABLED,
    )
    acknowledge(made, {"AwsSolutions-L1": _RUNTIME_REASON})
    return made


def _own(config: StageConfig, bundle: Bundle) -> dict[str, str]:
    """Return what the environment says of the function itself."""
    return {environment.STAGE: config.name, environment.VERSION: bundle.digest[:_VERSION_LENGTH]}
