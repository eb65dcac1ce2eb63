"""What the stages of an account share."""

import json
from typing import Any, cast

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from core.sdk import Clients
from infra.account import LOGS_POLICY, has_logs_policy, make_linked_roles, put_logs_policy
from infra.account.errors import TooManyLogsPoliciesError
from infra.account.logs_policy import GROUPS, document

pytestmark = pytest.mark.slow

ACCOUNT = "123456789012"
SERVICES = ("opensearchservice.amazonaws.com", "rds.amazonaws.com")


def test_roles_that_are_missing_are_made(aws: Clients) -> None:
    """Each once, whoever runs it again, and what is there already is left alone."""
    aws.iam.create_service_linked_role(AWSServiceName=SERVICES[1])
    said: list[str] = []
    for _ in range(2):
        make_linked_roles(SERVICES, aws, said.append)
    assert [line.split(": ")[1] for line in said] == ["made", "there", "there", "there"]
    roles = aws.iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert sorted(role["Path"] for role in roles) == sorted(f"/aws-service-role/{service}/" for service in SERVICES)


def refusing(monkeypatch: pytest.MonkeyPatch, operation: str, code: str, message: str) -> None:
    """Have AWS refuse one operation, as moto never does."""
    original: Any = vars(BaseClient)["_make_api_call"]

    def call(client: object, name: str, arguments: object) -> object:
        if name == operation:
            raise ClientError({"Error": {"Code": code, "Message": message}}, name)
        return original(client, name, arguments)

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", call)


def test_a_role_that_another_makes_meanwhile_is_no_error(aws: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    """IAM's list may be behind: what it then says to the same role again is taken for what it is."""
    there: list[bool] = [False, True]

    def is_there(_service: str, _clients: Clients) -> bool:
        return there.pop(0)

    monkeypatch.setattr("infra.account.linked_roles.has_linked_role", is_there)
    refusing(
        monkeypatch, "CreateServiceLinkedRole", "InvalidInput", "Service role name AWSServiceRoleForX has been taken"
    )
    make_linked_roles(SERVICES[:1], aws, print)
    there[:] = [False]
    refusing(monkeypatch, "CreateServiceLinkedRole", "InvalidInput", "no such service")
    with pytest.raises(ClientError, match="no such service"):
        make_linked_roles(SERVICES[:1], aws, print)


def test_one_policy_is_for_the_logs_of_all_stages(aws: Clients) -> None:
    """OpenSearch alone may write, for domains of this account alone; putting it again leaves one."""
    assert not has_logs_policy(aws)
    for _ in range(2):
        put_logs_policy(ACCOUNT, aws)
    assert has_logs_policy(aws)
    (policy,) = aws.logs.describe_resource_policies()["resourcePolicies"]
    assert policy.get("policyName") == LOGS_POLICY
    assert json.loads(policy.get("policyDocument", "")) == document("aws", "eu-central-1", ACCOUNT)
    (statement,) = cast("Any", document("aws-cn", "cn-north-1", ACCOUNT))["Statement"]
    assert statement["Principal"] == {"Service": "es.amazonaws.com"}
    assert statement["Resource"] == f"arn:aws-cn:logs:cn-north-1:{ACCOUNT}:log-group:{GROUPS}:*"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_a_region_that_has_ten_already_is_told_so(aws: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is fixed, so what is to be done is said."""
    refusing(monkeypatch, "PutResourcePolicy", "LimitExceededException", "Resource limit exceeded.")
    with pytest.raises(TooManyLogsPoliciesError, match=r"eu-central-1 has the ten.*describe-resource-policies"):
        put_logs_policy(ACCOUNT, aws)
