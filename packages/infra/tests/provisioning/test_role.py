"""The role of the provision function, which is the foundation's."""

import json

import pytest

from infra.database import MASTER_USER
from templates.model import Resource, Templates
from templates.policies import Call, possibly, surely
from templates.roles import Role, roles

pytestmark = pytest.mark.slow


def role_of(templates: Templates) -> Role:
    """Return the role."""
    (function,) = (
        each for each in templates.of("AWS::Lambda::Function") if each.ref == templates.config.named("provision")
    )
    return roles(templates)[function["Role"]]


def user_arn(templates: Templates, resource: Resource, id_: str, user: str) -> str:
    """Return the ARN of a database user, of the proxy or of the instance."""
    account = templates.only("AWS::RDS::DBInstance").attribute("DBInstanceArn").split(":")[4]
    region = templates.config.region
    assert resource.part == "foundation"
    return f"arn:aws:rds-db:{region}:{account}:dbuser:{id_}/{user}"


def proxy_id(templates: Templates) -> str:
    """Return the resource id of the proxy."""
    return str(templates.only("AWS::RDS::DBProxy").attribute("DBProxyArn")).rsplit(":", 1)[1]


def test_it_signs_in_as_the_master_by_the_proxy_alone(variant: Templates) -> None:
    """As the master, through the proxy: never past it, and never as somebody else."""
    statements, instance = role_of(variant).statements, variant.only("AWS::RDS::DBInstance")
    proxy = variant.only("AWS::RDS::DBProxy")
    assert surely(statements, Call("rds-db:connect", user_arn(variant, proxy, proxy_id(variant), MASTER_USER)))
    for refused in (
        user_arn(variant, proxy, proxy_id(variant), "postgres"),
        user_arn(variant, instance, instance.attribute("DbiResourceId"), MASTER_USER),
    ):
        assert not possibly(statements, Call("rds-db:connect", refused))


def test_it_signs_in_to_redis_as_the_application(variant: Templates) -> None:
    """ElastiCache asks for both, the replication group and the user; the default user is nobody's."""
    statements = role_of(variant).statements
    users = {each["UserName"]: each.attribute("Arn") for each in variant.of("AWS::ElastiCache::User")}
    group = variant.only("AWS::ElastiCache::ReplicationGroup")
    account = users["default"].split(":")[4]
    arn = f"arn:aws:elasticache:{variant.config.region}:{account}:replicationgroup:{group.ref}"
    assert surely(statements, Call("elasticache:Connect", arn))
    for name, user in users.items():
        assert possibly(statements, Call("elasticache:Connect", user)) is (name != "default")


def test_it_sets_up_the_domain_and_no_other(variant: Templates) -> None:
    """Every request to this domain; none to another, and no change of the domain itself."""
    statements, arn = role_of(variant).statements, variant.only("AWS::OpenSearchService::Domain").attribute("Arn")
    for method in ("Get", "Put", "Post", "Delete", "Patch", "Head"):
        assert surely(statements, Call(f"es:ESHttp{method}", f"{arn}/_plugins/_security/api/rolesmapping/x"))
    assert not possibly(statements, Call("es:ESHttpGet", f"{arn}-of-another-stage/_search"))
    assert not possibly(statements, Call("es:UpdateDomainConfig", arn))


def test_its_policy_is_apart_from_it(variant: Templates) -> None:
    """The domain names the role and the policy names the domain: in one resource that would be a circle."""
    role = role_of(variant).resource
    assert role.part == "foundation"
    assert "Policies" not in role.properties
    assert not [
        each for each in variant.application.resources.values() if role.ref in json.dumps(each.get("Roles", []))
    ]


def test_nobody_but_lambda_takes_it_on(variant: Templates) -> None:
    """The master of the domain is a role that no person and no other service can be."""
    (statement,) = role_of(variant).resource["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
