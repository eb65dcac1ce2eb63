"""The VPC of a stage: two zones, a public and a private subnet in each, NAT, S3's endpoint, flow logs."""

from aws_cdk import Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.interfaces import as_principal, as_role
from infra.log_group_names import vended
from infra.log_groups import log_group
from infra.stage import StageConfig

from .addresses import PRIVATE, PUBLIC, Addresses
from .reach import Groups


def zones(config: StageConfig) -> list[str]:
    """Return the two zones of a stage: those of its settings, or whichever two the account names first."""
    return list(config.zones) if config.zones else [Fn.select(index, Fn.get_azs()) for index in (0, 1)]


class Network(Construct):
    """The network of a stage.

    Attributes:
        vpc: the VPC.
        public: its two public subnets.
        private: its two private subnets, where everything but NAT and the bastion is.
        groups: the security groups.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig) -> None:
        super().__init__(scope, id_)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=config.named("vpc"),
            ip_addresses=Addresses(),
            availability_zones=zones(config),
            nat_gateways=config.shape.nat_gateways,
            subnet_configuration=[
                ec2.SubnetConfiguration(name=PUBLIC, subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False),
                ec2.SubnetConfiguration(name=PRIVATE, subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            ],
            gateway_endpoints={"S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)},
            # The CDK would empty the default group by a custom resource, a function with rights on every group.
            # Nothing here is in that group.
            restrict_default_security_group=False,
        )
        self.public: list[ec2.ISubnet] = self.vpc.public_subnets
        self.private: list[ec2.ISubnet] = self.vpc.private_subnets
        self.groups = Groups(self, "Groups", config=config, vpc=self.vpc)
        self._log_flows(config)

    def _log_flows(self, config: StageConfig) -> None:
        group = log_group(self, "FlowLogs", config=config, name=vended(config, "flows"))
        role = iam.Role(
            self,
            "FlowLogsRole",
            assumed_by=as_principal(iam.ServicePrincipal("vpc-flow-logs.amazonaws.com")),
            description="Writes the flow logs of the VPC",
        )
        # Rejected connections are what tells of a rule that is missing, or of somebody who tries doors.
        self.vpc.add_flow_log(
            "Rejected",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, as_role(role)),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )
