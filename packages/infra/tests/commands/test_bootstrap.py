"""`bootstrap`, by the real command line of the CDK, on moto's server."""

import pytest
from commands.conftest import Checkout

from core.sdk import Clients
from infra.account import has_logs_policy
from infra.preflight.linked_roles import ALWAYS

pytestmark = [pytest.mark.slow, pytest.mark.network]


def test_an_account_is_made_ready_and_again(served_checkout: Checkout, aws: Clients) -> None:
    """The CDK's stack, the service-linked roles and the policy of the logs; a second time changes nothing."""
    for times in ("made", "there"):
        done = served_checkout.run("bootstrap", "dev")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Environment aws://123456789012/eu-central-1 bootstrapped" in done.stdout
        assert f"service-linked role of opensearchservice.amazonaws.com: {times}" in done.stdout
        assert done.stdout.splitlines()[-1].endswith("is ready in eu-central-1: `nox -s deploy -- dev`")
    stack = aws.cloudformation.describe_stacks(StackName="CDKToolkit")["Stacks"][0]
    assert stack["StackStatus"].endswith("_COMPLETE")
    assert aws.ssm.get_parameter(Name="/cdk-bootstrap/hnb659fds/version")["Parameter"].get("Value", "").isdecimal()
    roles = [role["Path"] for role in aws.iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]]
    assert sorted(roles) == sorted(f"/aws-service-role/{service}/" for service in ALWAYS)
    assert has_logs_policy(aws)
