"""Mistakes in Redis and OpenSearch, and in what provisions them."""

from typing import Final

from criteria import opensearch, redis
from proof.mistakes.case import Case
from proof.mistakes.links import link
from templates.edit import Edit, Mistake
from templates.model import Json

CACHE: Final = "AWS::ElastiCache::ReplicationGroup"
DOMAIN: Final = "AWS::OpenSearchService::Domain"
FUNCTION: Final = "AWS::Lambda::Function"


def _domain(section: str, **given: Json) -> Mistake:
    """Return what changes options of the domain."""
    return lambda edit: edit.one(DOMAIN)[section].update(given)


def _masters(edit: Edit) -> None:
    edit.one(DOMAIN)["ClusterConfig"]["DedicatedMasterEnabled"] = False


def _everybody_searches(edit: Edit) -> None:
    edit.one(DOMAIN)["AccessPolicies"]["Statement"][0]["Principal"] = {"AWS": "*"}


def _default_user(edit: Edit) -> None:
    edit.one("AWS::ElastiCache::User", "no-password-required")["AccessString"] = "on ~* +@all"


def _does_not_wait(edit: Edit) -> None:
    (id_,) = edit.all("Custom::Provision")
    edit.body(FUNCTION, "-health")["DependsOn"].remove(id_)


ENGINES: Final = (
    Case("Redis 6", lambda e: e.one(CACHE).update(EngineVersion="6.2"), redis.group),
    Case("Redis in the clear", lambda e: e.one(CACHE).update(TransitEncryptionEnabled=False), redis.group),
    Case("Redis with or without TLS", lambda e: e.one(CACHE).update(TransitEncryptionMode="preferred"), redis.group),
    Case("a default user who may do anything", _default_user, redis.group),
    Case(
        "a Redis user with a password",
        lambda e: e.one("AWS::ElastiCache::User", "iam").update(
            AuthenticationMode={"Type": "password", "Passwords": ["hunter2"]}
        ),
        redis.group,
    ),
    Case("nobody to sign in to Redis", lambda e: e.one(CACHE).pop("UserGroupIds"), redis.group),
    Case(
        "no cluster in production",
        lambda e: e.one("AWS::ElastiCache::ParameterGroup")["Properties"].pop("cluster-enabled"),
        redis.mode,
    ),
    Case(
        "a link that does not follow the cluster",
        lambda e: link(e, "MyRedis", '"cluster":true', '"cluster":false'),
        redis.mode,
    ),
    Case("automatic failover off", lambda e: e.one(CACHE).update(AutomaticFailoverEnabled=False), redis.nodes),
    Case("copies in one zone", lambda e: e.one(CACHE).update(MultiAZEnabled=False), redis.nodes),
    Case(
        "another eviction",
        lambda e: e.one("AWS::ElastiCache::ParameterGroup")["Properties"].update({"maxmemory-policy": "noeviction"}),
        redis.eviction,
    ),
    Case(
        "parameters of nobody", lambda e: e.one(CACHE).update(CacheParameterGroupName="default.redis7"), redis.eviction
    ),
    Case(
        "a link to another group's id",
        lambda e: link(e, "MyRedis", '"replication_group":"mocstack-production"', '"replication_group":"other"'),
        redis.link,
    ),
    Case("a Redis user that is not there", lambda e: link(e, "MyRedis", "-app", "-other"), redis.link),
    Case("another port", lambda e: e.one(CACHE).update(Port=6380), redis.not_hard_coded),
    Case("OpenSearch 1", lambda e: e.one(DOMAIN).update(EngineVersion="OpenSearch_1.3"), opensearch.domain),
    Case("OpenSearch out of the VPC", lambda e: e.one(DOMAIN).pop("VPCOptions"), opensearch.domain),
    Case("one subnet for two nodes", lambda e: e.one(DOMAIN)["VPCOptions"]["SubnetIds"].pop(), opensearch.domain),
    Case("OpenSearch with a standby", _domain("ClusterConfig", MultiAZWithStandbyEnabled=True), opensearch.domain),
    Case("OpenSearch in the clear", _domain("DomainEndpointOptions", EnforceHTTPS=False), opensearch.domain),
    Case("no encryption between nodes", _domain("NodeToNodeEncryptionOptions", Enabled=False), opensearch.domain),
    Case("small nodes in production", _domain("ClusterConfig", InstanceType="t3.small.search"), opensearch.sizes),
    Case("no fine-grained access", _domain("AdvancedSecurityOptions", Enabled=False), opensearch.access),
    Case(
        "users with passwords in OpenSearch",
        _domain("AdvancedSecurityOptions", InternalUserDatabaseEnabled=True),
        opensearch.access,
    ),
    Case("everybody may search", _everybody_searches, opensearch.access),
    Case(
        "another master",
        _domain("AdvancedSecurityOptions", MasterUserOptions={"MasterUserARN": "arn:aws:iam::1:role/x"}),
        opensearch.access,
    ),
    Case("no masters in production", _masters, opensearch.masters),
    Case(
        "masters of another architecture",
        _domain("ClusterConfig", DedicatedMasterType="m5.large.search"),
        opensearch.masters,
    ),
    Case("no quiet hours", _domain("OffPeakWindowOptions", Enabled=False), opensearch.updates),
    Case(
        "updates at noon",
        _domain("OffPeakWindowOptions", OffPeakWindow={"WindowStartTime": {"Hours": 12, "Minutes": 0}}),
        opensearch.updates,
    ),
    Case("no updates", lambda e: e.one(DOMAIN).pop("SoftwareUpdateOptions"), opensearch.updates),
    Case("another domain for another version", lambda e: e.body(DOMAIN).pop("UpdatePolicy"), opensearch.updates),
    Case("no slow logs", lambda e: e.one(DOMAIN)["LogPublishingOptions"].pop("SEARCH_SLOW_LOGS"), opensearch.logs),
    Case(
        "a policy for logs of its own",
        lambda e: e.add("foundation", "P", "AWS::Logs::ResourcePolicy", PolicyName="p"),
        opensearch.logs,
    ),
    Case("a function before provisioning", _does_not_wait, opensearch.templates_applied),
    Case(
        "provisioning that new code does not run",
        lambda e: e.one("Custom::Provision").pop("Bundle"),
        opensearch.templates_applied,
    ),
    Case(
        "an hour's wait for what died",
        lambda e: e.one("Custom::Provision").pop("ServiceTimeout"),
        opensearch.templates_applied,
    ),
    Case(
        "provisioning by nobody",
        lambda e: e.one("Custom::Provision").update(ServiceToken="arn:aws:lambda:::x"),
        opensearch.templates_applied,
    ),
)
