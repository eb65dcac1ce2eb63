"""Mistakes in what keeps data, what serves, and what the two stacks tell each other."""

from typing import Final

from criteria import bucket, database, health, opensearch, redis
from criteria.reach import reach
from proof.mistakes import Case
from templates.edit import Edit
from templates.model import Json

INSTANCE: Final = "AWS::RDS::DBInstance"
PROXY: Final = "AWS::RDS::DBProxy"
CACHE: Final = "AWS::ElastiCache::ReplicationGroup"
DOMAIN: Final = "AWS::OpenSearchService::Domain"
BUCKET: Final = "AWS::S3::Bucket"
FUNCTION: Final = "AWS::Lambda::Function"


def _public_database(edit: Edit) -> None:
    edit.one(INSTANCE)["PubliclyAccessible"] = True


def _pool(edit: Edit) -> Json:
    return edit.one("AWS::RDS::DBProxyTargetGroup")["ConnectionPoolConfigurationInfo"]


def _password(edit: Edit) -> None:
    given = edit.one(INSTANCE)
    del given["ManageMasterUserPassword"]
    given["MasterUserPassword"] = "hunter2"


def _public_subnets(edit: Edit, type_: str) -> None:
    edit.one(type_)["SubnetIds"] = [
        edit.ref("AWS::EC2::Subnet", "10.0.1.0/24"),
        edit.ref("AWS::EC2::Subnet", "10.0.2.0/24"),
    ]


def _parameters(edit: Edit) -> Json:
    return edit.one("AWS::RDS::DBParameterGroup")["Parameters"]


def _link(edit: Edit, name: str, old: str, new: str) -> None:
    """Change the text of a link of the health function, which is joined of parts."""
    variables = edit.one(FUNCTION, "-health")["Environment"]["Variables"]
    parts = variables[f"LINK_{name}"]["Fn::Join"][1]
    variables[f"LINK_{name}"]["Fn::Join"][1] = [
        part.replace(old, new) if isinstance(part, str) else part for part in parts
    ]


def _direct_link(edit: Edit) -> None:

    for output in edit.bodies["foundation"]["Outputs"].values():
        if output.get("Export", {}).get("Name", "").endswith("-proxy-host"):
            output["Value"] = {"Fn::GetAtt": [edit.ref(INSTANCE)["Ref"], "Endpoint.Address"]}


def _files(edit: Edit) -> Json:
    return edit.one(BUCKET, "lego-moc-files")


def _policy(edit: Edit) -> list[Json]:
    return edit.one("AWS::S3::BucketPolicy", "BucketFilesPolicy")["PolicyDocument"]["Statement"]


def _public_read(edit: Edit) -> None:
    _policy(edit).append({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"})


def _no_tls(edit: Edit) -> None:
    statements = _policy(edit)
    statements[:] = [each for each in statements if "SecureTransport" not in str(each)]


def _rules(edit: Edit) -> list[Json]:
    return _files(edit)["LifecycleConfiguration"]["Rules"]


def _behaviour(edit: Edit) -> Json:
    return edit.one("AWS::CloudFront::Distribution")["DistributionConfig"]["DefaultCacheBehavior"]


def _second_behaviour(edit: Edit) -> None:
    config = edit.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    open_ = {name: value for name, value in config["DefaultCacheBehavior"].items() if name != "TrustedKeyGroups"}
    config["CacheBehaviors"] = [open_ | {"PathPattern": "public/*"}]


def _any_distribution(edit: Edit) -> None:
    for statement in _policy(edit):
        if "cloudfront" in str(statement.get("Principal")):
            statement.pop("Condition")


def _masters(edit: Edit) -> None:
    edit.one(DOMAIN)["ClusterConfig"]["DedicatedMasterEnabled"] = False


def _everybody_searches(edit: Edit) -> None:
    edit.one(DOMAIN)["AccessPolicies"]["Statement"][0]["Principal"] = {"AWS": "*"}


def _default_user(edit: Edit) -> None:
    edit.one("AWS::ElastiCache::User", "no-password-required")["AccessString"] = "on ~* +@all"


def _does_not_wait(edit: Edit) -> None:
    (id_,) = edit.all("Custom::Provision")
    edit.body(FUNCTION, "-health")["DependsOn"].remove(id_)


def _no_export(edit: Edit) -> None:
    outputs = edit.bodies["foundation"]["Outputs"]
    name = next(each for each, body in outputs.items() if body.get("Export", {}).get("Name", "").endswith("redis-host"))
    del outputs[name]


def _circle(edit: Edit) -> None:
    edit.one("AWS::EC2::VPC")["InstanceTenancy"] = edit.ref("AWS::EC2::Subnet")


def _twice(edit: Edit) -> None:
    outputs = edit.bodies["foundation"]["Outputs"]
    outputs["Again"] = next(body for body in outputs.values() if "Export" in body)


DATABASE: Final = (
    Case("PostgreSQL 14", lambda e: e.one(INSTANCE).update(EngineVersion="14.9"), database.instance),
    Case("a release that RDS makes no more", lambda e: e.one(INSTANCE).update(EngineVersion="15.4"), database.instance),
    Case("a public database", _public_database, database.instance),
    Case("a database in public subnets", lambda e: _public_subnets(e, "AWS::RDS::DBSubnetGroup"), database.instance),
    Case("storage in the clear", lambda e: e.one(INSTANCE).update(StorageEncrypted=False), database.instance),
    Case("no TLS to the database", lambda e: _parameters(e).update({"rds.force_ssl": "0"}), database.instance),
    Case("no deletion protection", lambda e: e.one(INSTANCE).update(DeletionProtection=False), database.instance),
    Case("no snapshot on removal", lambda e: e.body(INSTANCE).update(DeletionPolicy="Delete"), database.instance),
    Case("no TLS to the proxy", lambda e: e.one(PROXY).update(RequireTLS=False), database.proxy),
    Case("passwords at the proxy", lambda e: e.one(PROXY).pop("DefaultAuthScheme"), database.proxy),
    Case("statements logged with values", lambda e: e.one(PROXY).update(DebugLogging=True), database.proxy),
    Case("more connections than 100", lambda e: _pool(e).update(MaxConnectionsPercent=100), database.proxy),
    Case("another ceiling of connections", lambda e: _parameters(e).update(max_connections="200"), database.proxy),
    Case("a borrow timeout beyond a function's", lambda e: _pool(e).update(ConnectionBorrowTimeout=120), database.proxy),
    Case("rotation off", lambda e: e.one(INSTANCE).update(ManageMasterUserPassword=False), database.credentials),
    Case("a plaintext secret", _password, database.credentials),
    Case("a secret that nothing rotates", lambda e: e.add("foundation", "S", "AWS::SecretsManager::Secret"), database.credentials),
    Case("the host of the instance in a link", _direct_link, database.through_the_proxy),
    Case("the host of the instance as the link", _direct_link, database.link),
    Case("a link as the owner", lambda e: _link(e, "MyPostgres", '"app"', '"mocstack_owner"'), database.link),
    Case("default parameters", lambda e: e.one(INSTANCE).update(DBParameterGroupName="default.postgres15"), database.parameters),
    Case("backups of a day", lambda e: e.one(INSTANCE).update(BackupRetentionPeriod=1), database.backups),
    Case("a small production database", lambda e: e.one(INSTANCE).update(DBInstanceClass="db.t4g.micro"), database.sizes),
    Case("no standby in production", lambda e: e.one(INSTANCE).update(MultiAZ=False), database.sizes),
)

ENGINES: Final = (
    Case("Redis 6", lambda e: e.one(CACHE).update(EngineVersion="6.2"), redis.group),
    Case("Redis in the clear", lambda e: e.one(CACHE).update(TransitEncryptionEnabled=False), redis.group),
    Case("Redis with or without TLS", lambda e: e.one(CACHE).update(TransitEncryptionMode="preferred"), redis.group),
    Case("a default user who may do anything", _default_user, redis.group),
    Case("a Redis user with a password", lambda e: e.one("AWS::ElastiCache::User", "iam").update(AuthenticationMode={"Type": "password", "Passwords": ["hunter2"]}), redis.group),
    Case("nobody to sign in to Redis", lambda e: e.one(CACHE).pop("UserGroupIds"), redis.group),
    Case("no cluster in production", lambda e: e.one("AWS::ElastiCache::ParameterGroup")["Properties"].pop("cluster-enabled"), redis.mode),
    Case("a link that does not follow the cluster", lambda e: _link(e, "MyRedis", '"cluster":true', '"cluster":false'), redis.mode),
    Case("automatic failover off", lambda e: e.one(CACHE).update(AutomaticFailoverEnabled=False), redis.nodes),
    Case("copies in one zone", lambda e: e.one(CACHE).update(MultiAZEnabled=False), redis.nodes),
    Case("another eviction", lambda e: e.one("AWS::ElastiCache::ParameterGroup")["Properties"].update({"maxmemory-policy": "noeviction"}), redis.eviction),
    Case("parameters of nobody", lambda e: e.one(CACHE).update(CacheParameterGroupName="default.redis7"), redis.eviction),
    Case("a link to another group's id", lambda e: _link(e, "MyRedis", '"replication_group":"mocstack-production"', '"replication_group":"other"'), redis.link),
    Case("a Redis user that is not there", lambda e: _link(e, "MyRedis", "-app", "-other"), redis.link),
    Case("another port", lambda e: e.one(CACHE).update(Port=6380), redis.not_hard_coded),
    Case("OpenSearch 1", lambda e: e.one(DOMAIN).update(EngineVersion="OpenSearch_1.3"), opensearch.domain),
    Case("OpenSearch out of the VPC", lambda e: e.one(DOMAIN).pop("VPCOptions"), opensearch.domain),
    Case("one subnet for two nodes", lambda e: e.one(DOMAIN)["VPCOptions"]["SubnetIds"].pop(), opensearch.domain),
    Case("OpenSearch with a standby", lambda e: e.one(DOMAIN)["ClusterConfig"].update(MultiAZWithStandbyEnabled=True), opensearch.domain),
    Case("OpenSearch in the clear", lambda e: e.one(DOMAIN)["DomainEndpointOptions"].update(EnforceHTTPS=False), opensearch.domain),
    Case("no encryption between nodes", lambda e: e.one(DOMAIN)["NodeToNodeEncryptionOptions"].update(Enabled=False), opensearch.domain),
    Case("small nodes in production", lambda e: e.one(DOMAIN)["ClusterConfig"].update(InstanceType="t3.small.search"), opensearch.sizes),
    Case("no fine-grained access", lambda e: e.one(DOMAIN)["AdvancedSecurityOptions"].update(Enabled=False), opensearch.access),
    Case("users with passwords in OpenSearch", lambda e: e.one(DOMAIN)["AdvancedSecurityOptions"].update(InternalUserDatabaseEnabled=True), opensearch.access),
    Case("everybody may search", _everybody_searches, opensearch.access),
    Case("another master", lambda e: e.one(DOMAIN)["AdvancedSecurityOptions"].update(MasterUserOptions={"MasterUserARN": "arn:aws:iam::1:role/x"}), opensearch.access),
    Case("no masters in production", _masters, opensearch.masters),
    Case("masters of another architecture", lambda e: e.one(DOMAIN)["ClusterConfig"].update(DedicatedMasterType="m5.large.search"), opensearch.masters),
    Case("no slow logs", lambda e: e.one(DOMAIN)["LogPublishingOptions"].pop("SEARCH_SLOW_LOGS"), opensearch.logs),
    Case("a policy for logs of its own", lambda e: e.add("foundation", "P", "AWS::Logs::ResourcePolicy", PolicyName="p"), opensearch.logs),
    Case("a function before provisioning", _does_not_wait, opensearch.templates_applied),
    Case("provisioning that new code does not run", lambda e: e.one("Custom::Provision").pop("Bundle"), opensearch.templates_applied),
    Case("an hour's wait for what died", lambda e: e.one("Custom::Provision").pop("ServiceTimeout"), opensearch.templates_applied),
    Case("provisioning by nobody", lambda e: e.one("Custom::Provision").update(ServiceToken="arn:aws:lambda:::x"), opensearch.templates_applied),
)

SERVING: Final = (
    Case("a bucket of another name", lambda e: _files(e).update(BucketName="lego-moc-file"), bucket.name),
    Case("files that go with the stack", lambda e: e.body(BUCKET, "lego-moc-files").update(DeletionPolicy="Delete"), bucket.name),
    Case("a bucket beside the one that exists", lambda e: e.add("foundation", "B", BUCKET, BucketName="b"), bucket.name, "existing-bucket"),
    Case("no versions in production", lambda e: _files(e).pop("VersioningConfiguration"), bucket.versions),
    Case("versions for ever", lambda e: [r.pop("NoncurrentVersionExpiration", None) for r in _rules(e)].clear(), bucket.versions),
    Case("a key of KMS", lambda e: _files(e)["BucketEncryption"]["ServerSideEncryptionConfiguration"][0].update(ServerSideEncryptionByDefault={"SSEAlgorithm": "aws:kms"}), bucket.encryption),
    Case("any frontend", lambda e: _files(e)["CorsConfiguration"]["CorsRules"][0].update(AllowedOrigins=["*"]), bucket.cors),
    Case("no upload", lambda e: _files(e)["CorsConfiguration"]["CorsRules"][0].update(AllowedMethods=["GET"]), bucket.cors),
    Case("files that move a month late", lambda e: _rules(e)[0]["Transitions"][0].update(TransitionInDays=120), bucket.lifecycle),
    Case("a rule that is off", lambda e: _rules(e)[0].update(Status="Disabled"), bucket.lifecycle),
    Case("abandoned uploads", lambda e: [r.pop("AbortIncompleteMultipartUpload", None) for r in _rules(e)].clear(), bucket.lifecycle),
    Case("a public bucket", lambda e: _files(e)["PublicAccessBlockConfiguration"].update(BlockPublicPolicy=False), bucket.private),
    Case("a bucket without its block", lambda e: _files(e).pop("PublicAccessBlockConfiguration"), bucket.private),
    Case("a policy for everybody", _public_read, bucket.private),
    Case("files without TLS", _no_tls, bucket.private),
    Case("another distribution's access", _any_distribution, bucket.cdn, "everything"),
    Case("the key group removed", lambda e: _behaviour(e).pop("TrustedKeyGroups"), bucket.cdn, "cdn"),
    Case("a behaviour without a key group", _second_behaviour, bucket.cdn, "cdn"),
    Case("a CDN without origin access control", lambda e: e.one("AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"][0].pop("OriginAccessControlId"), bucket.cdn, "cdn"),
    Case("a CDN without its switch", lambda e: e.add("foundation", "D", "AWS::CloudFront::Distribution", DistributionConfig={}), bucket.cdn),
    Case("another runtime than the bytecode's", lambda e: e.one(FUNCTION, "-health").update(Runtime="python3.12"), health.function),
    Case("another architecture than the wheels'", lambda e: e.one(FUNCTION, "-health").update(Architectures=["x86_64"]), health.function),
    Case("a variable of Lambda's own", lambda e: e.one(FUNCTION, "-health")["Environment"]["Variables"].update(AWS_REGION="x"), health.function),
    Case("reserved concurrency", lambda e: e.one(FUNCTION, "-health").update(ReservedConcurrentExecutions=10), health.function),
    Case("another route", lambda e: e.one("AWS::ApiGatewayV2::Route").update(RouteKey="GET /healthz"), health.route),
    Case("an API that may not invoke", lambda e: e.remove("AWS::Lambda::Permission"), health.route),
    Case("any API may invoke", lambda e: e.one("AWS::Lambda::Permission").pop("SourceArn"), health.route),
    Case("no throttling", lambda e: e.one("AWS::ApiGatewayV2::Stage").pop("DefaultRouteSettings"), health.route),
    Case("no access log", lambda e: e.one("AWS::ApiGatewayV2::Stage").pop("AccessLogSettings"), health.route),
    Case("logs for ever", lambda e: e.one("AWS::Logs::LogGroup", "-health").pop("RetentionInDays"), health.logs),
    Case("logs as text", lambda e: e.one(FUNCTION, "-health")["LoggingConfig"].update(LogFormat="Text"), health.logs),
    Case("health behind a sign-in", lambda e: e.one("AWS::ApiGatewayV2::Route").update(AuthorizationType="AWS_IAM"), health.url),
    Case("no address in the outputs", lambda e: e.bodies["application"]["Outputs"].pop("ApiUrl"), health.url),
    Case("no link for the bucket in the outputs", lambda e: e.bodies["application"]["Outputs"].pop("LinkMyBucket"), bucket.output),
)

REFUSED: Final = (
    Case("nothing exports mocstack-production-redis-host", _no_export, reach),
    Case("there is no resource", lambda e: e.remove("AWS::RDS::DBSubnetGroup"), reach),
    Case("which is not there", lambda e: e.body(FUNCTION, "-health").update(DependsOn=["Gone"]), reach),
    Case("a circle of references", _circle, reach),
    Case("is given twice", _twice, reach),
)
"""Mistakes that CloudFormation refuses by itself, each named by what it is refused with."""

