"""The addresses of the VPC and its subnets, exact (acceptance 1.2.1, 1.2.3, 1.2.4)."""

from collections.abc import Sequence
from typing import Any, Final, cast

import jsii
from aws_cdk import aws_ec2 as ec2

VPC_CIDR: Final = "10.0.0.0/16"
PUBLIC_CIDRS: Final = ("10.0.1.0/24", "10.0.2.0/24")
PRIVATE_CIDRS: Final = ("10.0.101.0/24", "10.0.102.0/24")

PUBLIC: Final = "public"
PRIVATE: Final = "private"

_CIDRS: Final = {PUBLIC: PUBLIC_CIDRS, PRIVATE: PRIVATE_CIDRS}


@jsii.implements(ec2.IIpAddresses)
class Addresses:
    """Gives each subnet its block by its name and zone, where the CDK would cut blocks of its own."""

    def allocate_vpc_cidr(self) -> ec2.VpcIpamOptions:
        """Return the block of the VPC."""
        return ec2.VpcIpamOptions(cidr_block=VPC_CIDR)

    @jsii.member(jsii_name="allocateSubnetsCidr")
    def allocate_subnets_cidr(
        self,
        *,
        requested_subnets: Sequence[ec2.RequestedSubnet | dict[str, Any]],
        vpc_cidr: str,  # noqa: ARG002  # the CDK's signature
    ) -> ec2.SubnetIpamOptions:
        """Return the block of each subnet that is asked for, in their order."""
        # The interface's type has what a caller in Python may write; the CDK itself calls with objects.
        requested = cast("Sequence[ec2.RequestedSubnet]", requested_subnets)
        left = {name: iter(cidrs) for name, cidrs in _CIDRS.items()}
        cidrs = [next(left[str(subnet.configuration.name)]) for subnet in requested]
        return ec2.SubnetIpamOptions(allocated_subnets=[ec2.AllocatedSubnet(cidr=cidr) for cidr in cidrs])
