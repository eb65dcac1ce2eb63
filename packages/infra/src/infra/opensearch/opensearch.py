"""Search: an OpenSearch domain in the private subnets.

It is made of the CDK's lowest layer: the one above sets the access policy by a function of its own with rights on
every domain, and takes other defaults for masters and standby.
"""

from typing import Final

from aws_cdk import CfnDeletionPolicy, CfnUpdatePolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.log_group_names import vended
from infra.log_groups import log_group
from infra.network import Network
from infra.stage import StageConfig
from infra.versions import OPENSEARCH

from .names import domain_name

Domain = opensearch.CfnDomain

TLS_POLICY: Final = "Policy-Min-TLS-1-2-PFS-2023-10"
"""TLS 1.2 and 1.3, with forward secrecy only."""
METHODS: Final = ("Delete", "Get", "Head", "Patch", "Post", "Put")
"""What `es:ESHttp...` is there for: the methods of HTTP."""
OFF_PEAK_START: Final = 1
"""UTC: the hour in which the ten hours begin that changes which copy the domain are made in."""


class OpenSearch(Construct):
    """The domain: requests signed with IAM only, and fine-grained access control behind that.

    Changing instance types, counts, storage or the version copies it to new nodes while it serves.

    Attributes:
        domain: the domain.
        host: its endpoint in the VPC, without a scheme.
        arn: its ARN.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, network: Network, master: iam.IRole) -> None:
        super().__init__(scope, id_)
        self.domain = Domain(
            self,
            "Domain",
            domain_name=domain_name(config),
            engine_version=f"OpenSearch_{OPENSEARCH}",
            cluster_config=_cluster(config),
            ebs_options=Domain.EBSOptionsProperty(
                ebs_enabled=True, volume_type="gp3", volume_size=config.shape.opensearch_storage
            ),
            vpc_options=Domain.VPCOptionsProperty(
                # As many as zones that data nodes are in: the service takes neither more nor fewer.
                subnet_ids=[subnet.subnet_id for subnet in network.private[: _zones(config)]],
                security_group_ids=[network.groups.parties["opensearch"].security_group_id],
            ),
            access_policies=_access(Stack.of(self), config),
            advanced_security_options=Domain.AdvancedSecurityOptionsInputProperty(
                enabled=True,
                internal_user_database_enabled=False,
                master_user_options=Domain.MasterUserOptionsProperty(master_user_arn=master.role_arn),
            ),
            encryption_at_rest_options=Domain.EncryptionAtRestOptionsProperty(enabled=True),
            node_to_node_encryption_options=Domain.NodeToNodeEncryptionOptionsProperty(enabled=True),
            domain_endpoint_options=Domain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy=TLS_POLICY
            ),
            log_publishing_options={
                "SEARCH_SLOW_LOGS": self._log(config, "slow-searches"),
                "INDEX_SLOW_LOGS": self._log(config, "slow-indexing"),
                "ES_APPLICATION_LOGS": self._log(config, "errors"),
            },
            software_update_options=Domain.SoftwareUpdateOptionsProperty(auto_software_update_enabled=True),
            off_peak_window_options=_off_peak(),
        )
        self.domain.cfn_options.update_policy = CfnUpdatePolicy(enable_version_upgrade=True)
        self._keep(config)
        self.host: str = self.domain.attr_domain_endpoint
        self.arn: str = self.domain.attr_arn
        self._acknowledge(config)

    def _log(self, config: StageConfig, kind: str) -> opensearch.CfnDomain.LogPublishingOptionProperty:
        """Return where a log goes. That OpenSearch may write there is a policy of the region, which bootstrap makes."""
        group = log_group(self, kind, config=config, name=vended(config, f"opensearch-{kind}"))
        return Domain.LogPublishingOptionProperty(enabled=True, cloud_watch_logs_log_group_arn=group.log_group_arn)

    def _keep(self, config: StageConfig) -> None:
        # A domain that outlived its stack would hold the subnets that the stack removes next, and the name that the
        # stage's next deployment needs. What it finds is in the database: it can be indexed again.
        self.domain.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE
        # One that an update would put another in place of is kept, to be looked at.
        replaced = CfnDeletionPolicy.RETAIN if config.shape.protected else CfnDeletionPolicy.DELETE
        self.domain.cfn_options.update_replace_policy = replaced

    def _acknowledge(self, config: StageConfig) -> None:
        reasons = {
            "AwsSolutions-OS3": "It is in the VPC, where its security group lets the functions in alone.",
        }
        if not config.shape.opensearch_masters:
            reasons["AwsSolutions-OS4"] = "A single data node has no use for masters of its own."
        if config.shape.opensearch_nodes == 1:
            reasons["AwsSolutions-OS7"] = "One data node lies in one zone; while it is away, search asks the database."
        acknowledge(self.domain, reasons)


def _zones(config: StageConfig) -> int:
    return min(2, config.shape.opensearch_nodes)


def _cluster(config: StageConfig) -> opensearch.CfnDomain.ClusterConfigProperty:
    shape, zones = config.shape, _zones(config)
    masters = shape.opensearch_masters > 0
    return Domain.ClusterConfigProperty(
        instance_type=shape.opensearch_class,
        instance_count=shape.opensearch_nodes,
        dedicated_master_enabled=masters,
        dedicated_master_count=shape.opensearch_masters if masters else None,
        dedicated_master_type=shape.opensearch_master_class if masters else None,
        zone_awareness_enabled=zones > 1,
        zone_awareness_config=(
            Domain.ZoneAwarenessConfigProperty(availability_zone_count=zones) if zones > 1 else None
        ),
        # With a standby, a domain needs three zones and three times its nodes.
        multi_az_with_standby_enabled=False,
    )


def _access(stack: Stack, config: StageConfig) -> dict[str, object]:
    """Return who may send requests: whom IAM lets, of this account.

    A policy that named the roles of functions would refuse the domain whenever one of them is gone.
    """
    domain = stack.format_arn(service="es", resource="domain", resource_name=domain_name(config))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": stack.format_arn(service="iam", region="", resource="root")},
                "Action": [f"es:ESHttp{method}" for method in METHODS],
                "Resource": f"{domain}/*",
            }
        ],
    }


def _off_peak() -> opensearch.CfnDomain.OffPeakWindowOptionsProperty:
    return Domain.OffPeakWindowOptionsProperty(
        enabled=True,
        off_peak_window=Domain.OffPeakWindowProperty(
            window_start_time=Domain.WindowStartTimeProperty(hours=OFF_PEAK_START, minutes=0)
        ),
    )
