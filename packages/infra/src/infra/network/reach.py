"""Who may open a connection to whom: the one table, and the security groups made of it.

Everything that has a group is named here, and nothing else is let in or out. Both ends of a row get a rule.
"""

from collections.abc import Mapping
from typing import Final, Literal, cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.stage import StageConfig

Party = Literal["functions", "bastion", "proxy", "database", "redis", "opensearch"]

POSTGRES_PORT: Final = 5432
REDIS_PORT: Final = 6379
HTTPS_PORT: Final = 443

DESCRIPTIONS: Final[Mapping[Party, str]] = {
    "functions": "The Lambda functions",
    "bastion": "The bastion, which Session Manager reaches without an open port",
    "proxy": "RDS Proxy",
    "database": "The PostgreSQL instance, which only RDS Proxy reaches",
    "redis": "ElastiCache",
    "opensearch": "OpenSearch",
}

REACH: Final[tuple[tuple[Party, Party, int], ...]] = (
    ("functions", "proxy", POSTGRES_PORT),
    ("functions", "redis", REDIS_PORT),
    ("functions", "opensearch", HTTPS_PORT),
    ("bastion", "proxy", POSTGRES_PORT),
    ("bastion", "opensearch", HTTPS_PORT),
    ("proxy", "database", POSTGRES_PORT),
)

OUTWARD: Final[tuple[Party, ...]] = ("functions", "bastion")
"""Who calls AWS services: S3 by the gateway endpoint, the others by NAT; always HTTPS."""


class Groups(Construct):
    """The security groups of a stage.

    Attributes:
        parties: the group of each party; the bastion's is there with the bastion alone.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, vpc: ec2.IVpc) -> None:
        super().__init__(scope, id_)
        self.parties: dict[Party, ec2.SecurityGroup] = {
            party: ec2.SecurityGroup(
                self,
                party.capitalize(),
                vpc=vpc,
                security_group_name=config.named(party),
                description=description,
                allow_all_outbound=False,
            )
            for party, description in DESCRIPTIONS.items()
            if party != "bastion" or config.bastion
        }
        self._connect()

    def _connect(self) -> None:
        for origin, target, port in REACH:
            if origin in self.parties:
                self.parties[origin].connections.allow_to(
                    self.parties[target], ec2.Port.tcp(port), f"{origin} to {target}"
                )
        for party in OUTWARD:
            if party in self.parties:
                self.parties[party].add_egress_rule(
                    ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS_PORT), f"{party} to AWS services"
                )
        for party, group in self.parties.items():
            if party not in OUTWARD:
                _close(group)


def _close(group: ec2.SecurityGroup) -> None:
    """Give a group a rule of its own outward, which lets nothing out.

    EC2 makes a group with a rule that lets everything out, and CloudFormation is sure to take it away only from a group
    that comes with rules. Those to other groups stand apart from it. The CDK writes this one for groups that have none,
    and takes it back for the first of them, which the proxy has.
    """
    made = cast("ec2.CfnSecurityGroup", group.node.default_child)
    # No packet meets it: there is neither such an address nor such a message.
    made.security_group_egress = [
        ec2.CfnSecurityGroup.EgressProperty(
            cidr_ip="255.255.255.255/32",
            ip_protocol="icmp",
            from_port=252,
            to_port=86,
            description="Disallow all traffic",
        )
    ]
