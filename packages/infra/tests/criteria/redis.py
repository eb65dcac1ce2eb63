"""1.4 Redis."""

import json
from typing import Final

from templates.model import Resource, Templates
from templates.reachability import connections

from .finding import Findings, differs
from .network import PRIVATE
from .parts import in_private_subnets, link_of, manifest_functions

_GROUP: Final = "AWS::ElastiCache::ReplicationGroup"


def group(templates: Templates) -> Findings:
    """1.4.1: Redis 7 in the private subnets, encrypted at rest and on the way."""
    made = templates.only(_GROUP)
    yield from differs("the engine", made["Engine"], "redis")
    if not str(made["EngineVersion"]).startswith("7."):
        yield f"the version is {made['EngineVersion']}"
    yield from in_private_subnets(templates, "redis", PRIVATE)
    for name in ("TransitEncryptionEnabled", "AtRestEncryptionEnabled"):
        yield from differs(name, made.get(name), expected=True)
    yield from differs("the mode of TLS", made.get("TransitEncryptionMode", "required"), "required")
    yield from _users(templates, made)


def _users(templates: Templates, made: Resource) -> Findings:
    """Report users who would sign in by anything but IAM, and a default user who may do something."""
    users = {user.ref: user for user in templates.of("AWS::ElastiCache::User")}
    yield from differs(
        "the groups of users", made.get("UserGroupIds"), [templates.only("AWS::ElastiCache::UserGroup").ref]
    )
    members = [users[id_] for id_ in templates.only("AWS::ElastiCache::UserGroup")["UserIds"]]
    if "default" not in {user["UserName"] for user in members}:
        yield "the group of users has no user named default, which ElastiCache demands"
    for user in members:
        if user["UserName"] == "default":
            if "off" not in user["AccessString"].split() or "-@all" not in user["AccessString"].split():
                yield f"the default user may do something: {user['AccessString']}"
            continue
        yield from differs(f"how {user} signs in", user["AuthenticationMode"].get("Type"), "iam")
        yield from differs(f"the id of {user}", (user["UserId"], user["UserId"].lower()), (user["UserName"],) * 2)
    if "AuthToken" in made.properties:
        yield "the group has a password for all: users replace it, and going back replaces the group"


def mode(templates: Templates) -> Findings:
    """1.4.2: cluster mode off in dev, on in production; parameters, endpoint and link agree."""
    clustered = templates.config.sizing != "dev"
    made = templates.only(_GROUP)
    given = templates.only("AWS::ElastiCache::ParameterGroup")["Properties"]
    yield from differs("cluster-enabled", given.get("cluster-enabled", "no"), "yes" if clustered else "no")
    yield from differs("whether there are shards", "NumNodeGroups" in made.properties, clustered)
    for function in manifest_functions(templates):
        yield from differs("the link's mode", link_of(function, "MyRedis")["cluster"], clustered)


def functions_only(templates: Templates) -> Findings:
    """1.4.3: reachable from the functions' group only."""
    for connection in sorted(connections(templates)):
        if connection.target == "redis" and not connection.origin.startswith("function "):
            yield f"possible, and should not be: {connection}"


def eviction(templates: Templates) -> Findings:
    """1.4.4: maxmemory-policy allkeys-lru, on the group."""
    parameters = templates.only("AWS::ElastiCache::ParameterGroup")
    yield from differs("the policy", parameters["Properties"].get("maxmemory-policy"), "allkeys-lru")
    yield from differs("the family", parameters["CacheParameterGroupFamily"], "redis7")
    yield from differs("the group's parameters", templates.only(_GROUP)["CacheParameterGroupName"], parameters.ref)


def nodes(templates: Templates) -> Findings:
    """1.4.5: one node in dev; several with automatic failover in production."""
    made, sizing = templates.only(_GROUP), templates.config.sizing
    several = sizing != "dev"
    yield from differs("automatic failover", made.get("AutomaticFailoverEnabled", False), several)
    yield from differs("whether copies lie in both zones", made.get("MultiAZEnabled", False), several)
    shards, copies = made.get("NumNodeGroups", 1), 1 + made.get("ReplicasPerNodeGroup", 0)
    count = made.get("NumCacheClusters", shards * copies)
    yield from differs("the number of nodes", count, {"dev": 1, "staging": 2, "production": 4}[sizing])
    if several and made.get("SnapshotRetentionLimit", 0) < 1:
        yield "no snapshot is kept"


def link(templates: Templates) -> Findings:
    """1.4.6: `Resource.MyRedis` gives the endpoint of the mode, the user, and the id that tokens are signed for."""
    made = templates.only(_GROUP)
    endpoint = "ConfigurationEndPoint.Address" if templates.config.sizing != "dev" else "PrimaryEndPoint.Address"
    users = {user["UserName"] for user in templates.of("AWS::ElastiCache::User")} - {"default"}
    for function in manifest_functions(templates):
        given = link_of(function, "MyRedis")
        yield from differs("the link's host", given["host"], made.attribute(endpoint))
        yield from differs("the link's group", given["replication_group"], made.ref)
        yield from differs("the link's auth", given["auth"], "iam")
        if given["user"] not in users:
            yield f"the link's user is {given['user']}, and the users are {sorted(users)}"
        if not given["ca_file"]:
            yield "the link asks for no TLS"


def not_hard_coded(templates: Templates) -> Findings:
    """1.4.7: host and port come from the resource: no template says the host, and the link's port is the group's."""
    made = templates.only(_GROUP)
    for part, text in templates.written.texts.items():
        if ".cache.amazonaws.com" in text:
            yield f"the {part} template has the name of a host of ElastiCache"
    if "ConfigurationEndPoint" not in json.dumps(dict(templates.written.bodies["foundation"]["Outputs"])) and (
        "PrimaryEndPoint" not in json.dumps(dict(templates.written.bodies["foundation"]["Outputs"]))
    ):
        yield "the foundation does not export the endpoint"
    for function in manifest_functions(templates):
        yield from differs("the link's port", link_of(function, "MyRedis")["port"], made.get("Port", 6379))
