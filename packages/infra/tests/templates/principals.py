"""Who acts in a stage, by name, and what there is to act on, by name: the two sides of a table of permissions."""

from collections.abc import Iterator

from .model import Resource, Templates
from .placement import function_name
from .roles import Role, roles


def principals(templates: Templates) -> dict[str, Role]:
    """Return the role of everything that has one: functions by their names, and the parts that AWS runs."""
    known = roles(templates)
    return {name: known[arn] for name, arn in _uses(templates)}


def _uses(templates: Templates) -> Iterator[tuple[str, str]]:
    for function in templates.of("AWS::Lambda::Function"):
        yield function_name(templates, function), function["Role"]
    for proxy in templates.of("AWS::RDS::DBProxy"):
        yield "proxy", proxy["RoleArn"]
    for database in templates.of("AWS::RDS::DBInstance"):
        if "MonitoringRoleArn" in database.properties:
            yield "monitoring", database["MonitoringRoleArn"]
    for log in templates.of("AWS::EC2::FlowLog"):
        yield "flow-log", log["DeliverLogsPermissionArn"]
    for profile in templates.of("AWS::IAM::InstanceProfile"):
        (name,) = profile["Roles"]
        yield "bastion", templates.by_ref(name, "AWS::IAM::Role").attribute("Arn")


def things(templates: Templates) -> dict[str, str]:
    """Return ARNs of everything that a call could be made on, ours and others', each by a name for the table."""
    return dict((*_data(templates), *_services(templates), *_others(templates)))


def _data(templates: Templates) -> Iterator[tuple[str, str]]:
    database, proxy = templates.only("AWS::RDS::DBInstance"), templates.only("AWS::RDS::DBProxy")
    proxy_id = proxy.attribute("DBProxyArn").rsplit(":", 1)[1]
    for where, id_ in (("proxy", proxy_id), ("instance", database.attribute("DbiResourceId"))):
        for user in ("app", database["MasterUsername"], "rdsadmin"):
            name = "owner" if user == database["MasterUsername"] else user
            yield f"{name} at the {where}", _account_arn(templates, "rds-db", f"dbuser:{id_}/{user}")
    yield "the instance", database.attribute("DBInstanceArn")
    yield "the proxy", proxy.attribute("DBProxyArn")
    yield "the master's secret", database.attribute("MasterUserSecret.SecretArn")
    group = templates.only("AWS::ElastiCache::ReplicationGroup")
    yield "redis", _account_arn(templates, "elasticache", f"replicationgroup:{group.ref}")
    for user in templates.of("AWS::ElastiCache::User"):
        yield f"redis user {user['UserName'].rsplit('-', 1)[-1]}", user.attribute("Arn")
    domain = templates.only("AWS::OpenSearchService::Domain").attribute("Arn")
    yield "the domain", domain
    for name, path in (
        ("health", "_cluster/health"),
        ("index", "any/_search"),
        ("security", "_plugins/_security/api/roles/x"),
    ):
        yield f"the domain's {name}", f"{domain}/{path}"
    yield "the bucket", f"arn:aws:s3:::{templates.config.bucket_name}"
    yield "a file", f"arn:aws:s3:::{templates.config.bucket_name}/any/key"


def _services(templates: Templates) -> Iterator[tuple[str, str]]:
    for function in templates.of("AWS::Lambda::Function"):
        yield f"function {function_name(templates, function)}", function.attribute("Arn")
    for role in templates.of("AWS::IAM::Role"):
        yield f"role {role.id}", role.attribute("Arn")
    for group in templates.of("AWS::Logs::LogGroup"):
        name = _short(templates, group)
        yield f"log {name}", group.attribute("Arn")
        yield f"a stream of log {name}", group.attribute("Arn").removesuffix("*") + "log-stream:any"
    yield "the topic", templates.only("AWS::SNS::Topic").ref


def _short(templates: Templates, group: Resource) -> str:
    return group.ref.replace(f"mocstack-{templates.config.name}", "").replace("/-", "/").replace("//", "/")


def _others(templates: Templates) -> Iterator[tuple[str, str]]:
    """Return what belongs to nobody here: another stage's, another application's of the same account."""
    yield "no resource", "*"
    yield "another bucket", "arn:aws:s3:::somebody-elses"
    yield "another bucket's file", "arn:aws:s3:::somebody-elses/key"
    yield "another secret", _account_arn(templates, "secretsmanager", "secret:other-abcdef")
    yield "another function", _account_arn(templates, "lambda", "function:mocstack-other-provision")
    yield "another proxy's app", _account_arn(templates, "rds-db", "dbuser:prx-0ther/app")
    yield "another redis", _account_arn(templates, "elasticache", "replicationgroup:mocstack-other")
    yield "another redis user", _account_arn(templates, "elasticache", "user:mocstack-other-app")
    yield "another domain's health", _account_arn(templates, "es", "domain/mocstack-other/_cluster/health")
    yield "another stream", _account_arn(templates, "logs", "log-group:/aws/lambda/other:log-stream:any")
    yield "another role", f"arn:aws:iam::{_account(templates)}:role/other"
    yield "RDS's log of metrics", _account_arn(templates, "logs", "log-group:RDSOSMetrics")
    yield "a stream of RDS's log of metrics", _account_arn(templates, "logs", "log-group:RDSOSMetrics:log-stream:any")


def _account(templates: Templates) -> str:
    return templates.only("AWS::RDS::DBInstance").attribute("DBInstanceArn").split(":")[4]


def _account_arn(templates: Templates, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{templates.config.region}:{_account(templates)}:{resource}"
