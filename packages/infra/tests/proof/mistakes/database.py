"""Mistakes in the database and the proxy before it."""

from typing import Final

from criteria import database
from proof.mistakes.case import Case
from proof.mistakes.links import link
from templates.edit import Edit
from templates.model import Json

INSTANCE: Final = "AWS::RDS::DBInstance"
PROXY: Final = "AWS::RDS::DBProxy"


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


def _direct_link(edit: Edit) -> None:
    for output in edit.bodies["foundation"]["Outputs"].values():
        if output.get("Export", {}).get("Name", "").endswith("-proxy-host"):
            output["Value"] = {"Fn::GetAtt": [edit.ref(INSTANCE)["Ref"], "Endpoint.Address"]}


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
    Case(
        "a borrow timeout beyond a function's", lambda e: _pool(e).update(ConnectionBorrowTimeout=120), database.proxy
    ),
    Case("rotation off", lambda e: e.one(INSTANCE).update(ManageMasterUserPassword=False), database.credentials),
    Case("a plaintext secret", _password, database.credentials),
    Case(
        "a secret that nothing rotates",
        lambda e: e.add("foundation", "S", "AWS::SecretsManager::Secret"),
        database.credentials,
    ),
    Case("the host of the instance in a link", _direct_link, database.through_the_proxy),
    Case("the host of the instance as the link", _direct_link, database.link),
    Case("a link as the owner", lambda e: link(e, "MyPostgres", '"app"', '"mocstack_owner"'), database.link),
    Case(
        "default parameters",
        lambda e: e.one(INSTANCE).update(DBParameterGroupName="default.postgres15"),
        database.parameters,
    ),
    Case("backups of a day", lambda e: e.one(INSTANCE).update(BackupRetentionPeriod=1), database.backups),
    Case(
        "a small production database", lambda e: e.one(INSTANCE).update(DBInstanceClass="db.t4g.micro"), database.sizes
    ),
    Case("no standby in production", lambda e: e.one(INSTANCE).update(MultiAZ=False), database.sizes),
)
