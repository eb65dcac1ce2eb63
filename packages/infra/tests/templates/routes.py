"""The ways out of a subnet, and in: route tables, gateways, NAT, endpoints."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from .errors import UnreadableError
from .model import Resource, Templates

WayOut = Literal["internet gateway", "nat"]
_EVERYWHERE = "0.0.0.0/0"


class UnknownRouteError(UnreadableError):
    """The network has something that this reader does not know, and could not judge."""


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet.

    Attributes:
        id: its id.
        cidr: its addresses.
        zone: its availability zone.
        way_out: what its default route leads to, if it leads anywhere.
        gives_addresses: whether what starts there gets a public address.
        s3: whether S3 is reached by the gateway endpoint.
    """

    id: str
    cidr: IPv4Network
    zone: str
    way_out: WayOut | None
    gives_addresses: bool
    s3: bool


def subnets(templates: Templates) -> dict[str, Subnet]:
    """Return the subnets of a stage by their ids.

    Raises:
        UnknownRouteError: a route, a gateway or an endpoint is of a kind that is not known here.
    """
    for type_ in (
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::VPCCidrBlock",
        "AWS::EC2::VPCPeeringConnection",
        "AWS::EC2::TransitGateway",
    ):
        if templates.of(type_):
            raise UnknownRouteError(f"{type_} is not known to this reader: it changes who reaches whom")
    return {each.ref: _subnet(templates, each) for each in templates.of("AWS::EC2::Subnet")}


def _subnet(templates: Templates, subnet: Resource) -> Subnet:
    if "Ipv6CidrBlock" in subnet.properties:
        raise UnknownRouteError(f"{subnet} has IPv6 addresses, and rules for those are not read")
    table = _table(templates, subnet)
    return Subnet(
        id=subnet.ref,
        cidr=IPv4Network(subnet["CidrBlock"]),
        zone=subnet["AvailabilityZone"],
        way_out=_way_out(templates, table),
        gives_addresses=bool(subnet.get("MapPublicIpOnLaunch", False)),
        s3=_reaches_s3(templates, table),
    )


def _table(templates: Templates, subnet: Resource) -> str | None:
    """Return the route table of a subnet; None where it is the VPC's own, which has the local route alone."""
    associations = templates.of("AWS::EC2::SubnetRouteTableAssociation")
    return next((each["RouteTableId"] for each in associations if each["SubnetId"] == subnet.ref), None)


def _way_out(templates: Templates, table: str | None) -> WayOut | None:
    for route in templates.of("AWS::EC2::Route"):
        if route["RouteTableId"] != table:
            continue
        if route.get("DestinationCidrBlock") != _EVERYWHERE:
            raise UnknownRouteError(f"{route} leads to {route.get('DestinationCidrBlock')}, which is not known here")
        if "GatewayId" in route.properties:
            return "internet gateway" if _is_attached(templates, route["GatewayId"]) else None
        if "NatGatewayId" in route.properties:
            return "nat" if _nat_works(templates, route["NatGatewayId"]) else None
        raise UnknownRouteError(f"{route} has a target that is not known here")
    return None


def _is_attached(templates: Templates, gateway: str) -> bool:
    attachments = templates.of("AWS::EC2::VPCGatewayAttachment")
    return any(each.get("InternetGatewayId") == gateway for each in attachments)


def _nat_works(templates: Templates, id_: str) -> bool:
    """Tell whether a NAT gateway has an address and lies where the internet gateway is the way out."""
    nat = templates.by_ref(id_, "AWS::EC2::NatGateway")
    home = templates.by_ref(nat["SubnetId"], "AWS::EC2::Subnet")
    return bool(nat.get("AllocationId")) and _way_out(templates, _table(templates, home)) == "internet gateway"


def _reaches_s3(templates: Templates, table: str | None) -> bool:
    for endpoint in templates.of("AWS::EC2::VPCEndpoint"):
        if endpoint.get("VpcEndpointType", "Gateway") != "Gateway":
            raise UnknownRouteError(f"{endpoint} is no gateway endpoint, and has a security group of its own")
        if endpoint["ServiceName"].endswith(".s3") and table in endpoint.get("RouteTableIds", []):
            return True
    return False
