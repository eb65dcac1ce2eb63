"""A small instance that Session Manager forwards ports through: no key, no open port, nothing on it to lose.

It is in a group of none or one. A deployment says nothing of which: `tunnel` starts it, whoever has done stops it, and
an instance that dies or grows old meanwhile is replaced by itself.
"""

from typing import Final

from aws_cdk import CfnOutput, Duration, Stack, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from core.names import BASTION_GROUP_OUTPUT
from infra.acknowledgements import acknowledge
from infra.interfaces import as_principal, as_role
from infra.network import Network
from infra.stage import StageConfig

IMAGE: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
"""The public parameter that names the newest image of Amazon Linux 2023, which carries the SSM agent.

EC2 reads it whenever it starts an instance, CloudFormation never: https://docs.aws.amazon.com/autoscaling/ec2/
userguide/using-systems-manager-parameters.html
"""

DISK: Final = 8
"""GiB of the root volume: what the image needs at least."""

LIFETIME: Final = 30
"""Days after which the instance is replaced, by one of the newest image: this is how it is patched."""

SESSION_ACTIONS: Final = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What Session Manager needs of an instance, of all that AmazonSSMManagedInstanceCore gives: no commands, no
parameters. https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
"""

_ON_EVERYTHING = "The instance registers itself and its channels: these actions know no resource to name."
_NOBODY_IS_WOKEN = "A bastion that is replaced loses nothing and serves nobody; whoever opens a tunnel sees it."


class Bastion(Construct):
    """The bastion of a stage; there with its switch alone."""

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, network: Network) -> None:
        super().__init__(scope, id_)
        template = self._launch_template(config, network, self._role(config))
        group = autoscaling.AutoScalingGroup(
            self,
            "Instances",
            auto_scaling_group_name=config.named("bastion"),
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=network.public),
            launch_template=template,
            min_capacity=0,
            max_capacity=1,
            max_instance_lifetime=Duration.days(LIFETIME),
            # The one instance goes before the next comes: the group holds no two.
            update_policy=autoscaling.UpdatePolicy.rolling_update(max_batch_size=1, min_instances_in_service=0),
        )
        for construct in (template, group):
            # The CDK names both, and what they start, by their path in the app.
            Tags.of(construct).add("Name", config.named("bastion"))
        acknowledge(group, {"AwsSolutions-AS3": _NOBODY_IS_WOKEN})
        CfnOutput(
            Stack.of(self),
            BASTION_GROUP_OUTPUT,
            value=group.auto_scaling_group_name,
            description="The Auto Scaling group of the bastion",
        )

    def _role(self, config: StageConfig) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=as_principal(iam.ServicePrincipal("ec2.amazonaws.com")),
            description=f"Registers the bastion of {config.name} with Session Manager",
            inline_policies={
                "sessions": iam.PolicyDocument(
                    statements=[iam.PolicyStatement(actions=list(SESSION_ACTIONS), resources=["*"])]
                )
            },
        )
        acknowledge(role, {"AwsSolutions-IAM5[Resource::*]": _ON_EVERYTHING})
        return role

    def _launch_template(self, config: StageConfig, network: Network, role: iam.Role) -> ec2.LaunchTemplate:
        return ec2.LaunchTemplate(
            self,
            "Template",
            launch_template_name=config.named("bastion"),
            instance_type=ec2.InstanceType("t4g.nano"),
            machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(IMAGE, os=ec2.OperatingSystemType.LINUX),
            role=as_role(role),
            security_group=network.groups.parties["bastion"],
            # Session Manager is called, it does not call: the address is for the way out, at a tenth of an endpoint.
            associate_public_ip_address=True,
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            cpu_credits=ec2.CpuCredits.STANDARD,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        DISK, volume_type=ec2.EbsDeviceVolumeType.GP3, encrypted=True, delete_on_termination=True
                    ),
                )
            ],
        )
