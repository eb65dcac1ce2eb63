"""The availability zones of a stage: which two they are, and whether they offer everything.

ElastiCache has no call that says which zones offer a node type, and neither has RDS Proxy. For the proxy a zone that
AWS documents to be without it is known by its id. Where the first deployment shows another, it must be added there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from core.sdk import Clients
from infra.deployed import DeployedStack, resources_of
from infra.versions import OPENSEARCH, POSTGRES

from .errors import Finding
from .subject import Subject

WITHOUT_PROXY: Final = frozenset({"use1-az3"})
"""Zone ids without RDS Proxy, as its documentation names them (Amazon RDS User Guide, "Using Amazon RDS Proxy", under
its limitations; noted in November 2026). A proxy drops subnets there without a word."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An availability zone.

    Attributes:
        name: its name in this account: `us-east-1a`.
        id: its name in every account: `use1-az4`.
    """

    name: str
    id: str


def check_zones(subject: Subject) -> Iterator[Finding]:
    """Find zones that lack something of the stage, or that are others than the deployed ones."""
    available = _available(subject.clients)
    chosen = subject.config.zones or _first_two(subject.clients, available)
    unknown = [name for name in chosen if name not in available]
    if unknown or len(chosen) != 2:  # noqa: PLR2004  # two zones is what a stage is made of
        yield Finding(
            f"{', '.join(unknown) or 'two zones'} can't be used in this account",
            f"set MOCSTACK_AVAILABILITY_ZONES to two of {', '.join(available)}",
        )
        return
    if not subject.is_new and subject.foundation:
        yield from _moved(subject, subject.foundation, chosen)
        return
    offers = _offers(subject)
    lacking = {zone.name: _lacks(zone, offers) for zone in available.values()}
    wrong = {name: lacking[name] for name in chosen if lacking[name]}
    if wrong:
        good = [name for name, what in lacking.items() if not what]
        yield Finding(
            "; ".join(
                f"the zone {name} ({available[name].id}) does not offer {', '.join(wrong[name])}" for name in wrong
            ),
            f"set MOCSTACK_AVAILABILITY_ZONES to two of {', '.join(good)}"
            if len(good) > 1
            else "no two zones of the region offer everything: choose another MOCSTACK_REGION",
        )


def _available(clients: Clients) -> Mapping[str, Zone]:
    """Return the zones that subnets can be made in, in the order of their names: no local or Wavelength zones."""
    found = clients.ec2.describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}, {"Name": "state", "Values": ["available"]}]
    )["AvailabilityZones"]
    zones = sorted((zone.get("ZoneName", ""), zone.get("ZoneId", "")) for zone in found)
    return {name: Zone(name, id_) for name, id_ in zones}


def _first_two(clients: Clients, available: Mapping[str, Zone]) -> tuple[str, ...]:
    """Return what `Fn::GetAZs` names first: of the zones with a default subnet if any has one (its documentation)."""
    subnets = clients.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    default = {subnet.get("AvailabilityZone", "") for subnet in subnets}
    return tuple(name for name in available if not default or name in default)[:2]


def _moved(subject: Subject, stack: DeployedStack, chosen: tuple[str, ...]) -> Iterator[Finding]:
    ids = list(resources_of(subject.clients, stack, "AWS::EC2::Subnet"))
    if not ids:
        return
    subnets = subject.clients.ec2.describe_subnets(SubnetIds=ids)["Subnets"]
    deployed = sorted({subnet.get("AvailabilityZone", "") for subnet in subnets})
    if deployed != sorted(chosen):
        yield Finding(
            f"the stage lies in {' and '.join(deployed)}, and would move to {' and '.join(chosen)}: everything in its "
            "subnets would be replaced",
            f"set MOCSTACK_AVAILABILITY_ZONES={','.join(deployed)}",
        )


def _lacks(zone: Zone, offers: Mapping[str, set[str]]) -> list[str]:
    proxy = ["RDS Proxy"] if zone.id in WITHOUT_PROXY else []
    # Of OpenSearch's zones its API's reference does not say whether they are names or ids.
    return proxy + [thing for thing, zones in offers.items() if not {zone.name, zone.id} & zones]


def _offers(subject: Subject) -> Mapping[str, set[str]]:
    """Return the zones that offer what the stage is made of; both must, or it could not grow into the second."""
    shape = subject.config.shape
    nodes = {shape.opensearch_class, *([shape.opensearch_master_class] if shape.opensearch_masters else [])}
    offers = {f"{kind} with OpenSearch {OPENSEARCH}": _search_zones(subject.clients, kind) for kind in sorted(nodes)}
    database = f"{shape.database_class} with PostgreSQL {POSTGRES}"
    return {database: _database_zones(subject.clients, shape.database_class), **offers}


def _database_zones(clients: Clients, kind: str) -> set[str]:
    pages = clients.rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine="postgres", EngineVersion=POSTGRES, DBInstanceClass=kind, Vpc=True
    )
    return {
        zone.get("Name", "")
        for page in pages
        for option in page["OrderableDBInstanceOptions"]
        if option.get("StorageType") == "gp3"
        for zone in option.get("AvailabilityZones", [])
    }


def _search_zones(clients: Clients, kind: str) -> set[str]:
    answer = clients.opensearch.list_instance_type_details(
        EngineVersion=f"OpenSearch_{OPENSEARCH}", InstanceType=kind, RetrieveAZs=True
    )
    return {
        zone
        for detail in answer["InstanceTypeDetails"]
        if detail.get("InstanceType") == kind
        for zone in detail.get("AvailabilityZones", [])
    }
