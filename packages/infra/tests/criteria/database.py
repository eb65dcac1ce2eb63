"""1.3 PostgreSQL with RDS Proxy."""

import json
from typing import Final

from templates.model import Resource, Templates
from templates.policies import Call, surely
from templates.roles import roles

from .finding import Findings, differs
from .network import PRIVATE
from .parts import in_private_subnets, link_of, manifest_functions
from .reach import reach

_CLASSES: Final = {"dev": "db.t4g.micro", "staging": "db.t4g.small", "production": "db.r6g.large"}
_DEPRECATED: Final = 12
"""RDS makes no new instance of 15.2 to 15.12."""


def instance(templates: Templates) -> Findings:
    """1.3.1: PostgreSQL 15 in the private subnets, encrypted, TLS only, protected outside of dev."""
    database = templates.only("AWS::RDS::DBInstance")
    yield from differs("the engine", database["Engine"], "postgres")
    major, _, minor = database["EngineVersion"].partition(".")
    if major != "15" or not minor.isdigit() or int(minor) <= _DEPRECATED:
        yield f"the version is {database['EngineVersion']}: a release of 15 that RDS still makes was asked for"
    yield from in_private_subnets(templates, "database", PRIVATE)
    yield from differs("whether it has a public address", database.get("PubliclyAccessible"), expected=False)
    yield from differs("whether its storage is encrypted", database.get("StorageEncrypted"), expected=True)
    yield from differs("the storage", database["StorageType"], "gp3")
    yield from differs("whether TLS is forced", _parameters(templates)["rds.force_ssl"], "1")
    yield from differs("IAM authentication", database.get("EnableIAMDatabaseAuthentication"), expected=True)
    yield from _protected(templates, database)


def _protected(templates: Templates, database: Resource) -> Findings:
    protected = templates.config.sizing != "dev"
    yield from differs("deletion protection", database.get("DeletionProtection", False), protected)
    expected = "Snapshot" if protected else "Delete"
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        yield from differs(f"the database's {name}", database.body.get(name), expected)


def proxy(templates: Templates) -> Findings:
    """1.3.2: the proxy: 100 connections at most, IAM end to end, TLS, a borrow timeout that leaves time to answer."""
    made = templates.only("AWS::RDS::DBProxy")
    yield from differs("the engine family", made["EngineFamily"], "POSTGRESQL")
    yield from differs("whether TLS is required", made.get("RequireTLS"), expected=True)
    yield from differs("the default scheme", made.get("DefaultAuthScheme"), "IAM_AUTH")
    yield from differs("whether statements are logged with values", made.get("DebugLogging", False), expected=False)
    yield from in_private_subnets(templates, "proxy", PRIVATE)
    targets = templates.only("AWS::RDS::DBProxyTargetGroup")
    yield from differs("the proxy of the targets", targets["DBProxyName"], made.ref)
    yield from differs("the targets", targets["DBInstanceIdentifiers"], [templates.only("AWS::RDS::DBInstance").ref])
    pool = targets["ConnectionPoolConfigurationInfo"]
    most = int(_parameters(templates)["max_connections"]) * pool["MaxConnectionsPercent"] // 100
    yield from differs("the most connections of the proxy", most, 100)
    if not 0 < pool["ConnectionBorrowTimeout"] < min(each["Timeout"] for each in manifest_functions(templates)):
        yield f"a connection is waited for {pool['ConnectionBorrowTimeout']} s: longer than a function runs"
    yield from _signs_in(templates, made)


def _signs_in(templates: Templates, made: Resource) -> Findings:
    """Report what the proxy's role lacks to sign in to the instance, which the scheme alone does not give it."""
    database = templates.only("AWS::RDS::DBInstance")
    role = roles(templates)[made["RoleArn"]]
    account = database.attribute("DBInstanceArn").split(":")[3:5]
    target = f"arn:aws:rds-db:{':'.join(account)}:dbuser:{database.attribute('DbiResourceId')}/app"
    for call in (
        Call("rds-db:connect", target),
        Call("secretsmanager:GetSecretValue", database.attribute("MasterUserSecret.SecretArn")),
    ):
        if not surely(role.statements, call):
            yield f"the proxy's role may not: {call}"
    policies = [each for each in templates.of("AWS::IAM::Policy") if role.resource.ref in each.get("Roles", [])]
    depends = made.body.get("DependsOn", [])
    for policy in policies:
        if policy.id not in depends:
            yield f"the proxy does not wait for {policy}: it would be made with a role that can't sign in"


def credentials(templates: Templates) -> Findings:
    """1.3.3: the master's password is RDS's own secret, which it rotates; it stands nowhere, nor does another."""
    database = templates.only("AWS::RDS::DBInstance")
    yield from differs("the managed password", database.get("ManageMasterUserPassword"), expected=True)
    if "MasterUserPassword" in database.properties:
        yield "the master's password is in the template"
    yield from differs(
        "the proxy's secrets",
        [each.get("SecretArn") for each in templates.only("AWS::RDS::DBProxy").get("Auth", [])],
        [database.attribute("MasterUserSecret.SecretArn")],
    )
    for schedule in templates.of("AWS::SecretsManager::RotationSchedule"):
        yield f"{schedule} rotates by a function that signs in to the instance, past the proxy"
    for secret in templates.of("AWS::SecretsManager::Secret"):
        yield f"{secret} is a secret that nothing rotates"


def through_the_proxy(templates: Templates) -> Findings:
    """1.3.4: functions reach the database by the proxy: by the network, by their links, and by what they may sign."""
    yield from (each for each in reach(templates) if "database" in each or "proxy" in each)
    database = templates.only("AWS::RDS::DBInstance")
    host = database.attribute("Endpoint.Address")
    for function in templates.of("AWS::Lambda::Function"):
        if host in json.dumps(function.properties):
            yield f"{function} is given the host of the instance"
        role = roles(templates)[function["Role"]]
        for statement in role.statements:
            if statement.effect == "Allow" and statement.names("rds-db:connect"):
                for resource in statement.resources:
                    if database.attribute("DbiResourceId") in resource or ":dbuser:*" in resource or resource == "*":
                        yield f"{function} may sign in to the instance itself: {resource}"


def parameters(templates: Templates) -> Findings:
    """1.3.5: a parameter group tuned for performance, on the instance; its values are those with a reason."""
    database = templates.only("AWS::RDS::DBInstance")
    group = templates.only("AWS::RDS::DBParameterGroup")
    yield from differs("the instance's parameter group", database["DBParameterGroupName"], group.ref)
    yield from differs("the family", group["Family"], "postgres15")
    for name in ("random_page_cost", "effective_io_concurrency", "shared_preload_libraries", "max_connections"):
        if name not in group["Parameters"]:
            yield f"the parameter {name} is as it comes"


def backups(templates: Templates) -> Findings:
    """1.3.6: automated backups, 7 days."""
    yield from differs("the days of backups", templates.only("AWS::RDS::DBInstance")["BackupRetentionPeriod"], 7)


def sizes(templates: Templates) -> Findings:
    """1.3.7: the instance's class by stage, and a standby in production."""
    database, sizing = templates.only("AWS::RDS::DBInstance"), templates.config.sizing
    yield from differs("the class", database["DBInstanceClass"], _CLASSES[sizing])
    yield from differs("whether a standby is there", database.get("MultiAZ", False), sizing == "production")


def link(templates: Templates) -> Findings:
    """1.3.8: `Resource.MyPostgres` gives a function the proxy, as `app`, by IAM, over verified TLS."""
    proxy_host = templates.only("AWS::RDS::DBProxy").attribute("Endpoint")
    for function in manifest_functions(templates):
        given = link_of(function, "MyPostgres")
        yield from differs("the link's host", given["host"], proxy_host)
        yield from differs("the link's port", given["port"], 5432)
        yield from differs("the link's auth", given["auth"], "iam")
        yield from differs("the link's user", given["user"], "app")
        yield from differs("the link's database", given["database"], templates.only("AWS::RDS::DBInstance")["DBName"])
        if not given["ca_file"]:
            yield "the link asks for no TLS"


def _parameters(templates: Templates) -> dict[str, str]:
    return dict(templates.only("AWS::RDS::DBParameterGroup")["Parameters"])
