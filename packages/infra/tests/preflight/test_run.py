"""All checks together: on moto's server, with the SDK's Stubber for what it does not know."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from botocore.stub import Stubber

from core.sdk import Clients, NotSignedInError, UnreachableError
from infra.account import LOGS_POLICY, put_logs_policy
from infra.preflight import PreflightError, preflight, services
from infra.preflight.bootstrap import VERSION_PARAMETER
from infra.stage import StageConfig
from infra.versions import OPENSEARCH, POSTGRES, REDIS

pytestmark = pytest.mark.slow


def prepare(aws: Clients, config: StageConfig) -> None:
    """Have an account in which everything is ready for a stage."""
    aws.ssm.put_parameter(Name=VERSION_PARAMETER, Value="30", Type="String")
    for service in services(config):
        aws.iam.create_service_linked_role(AWSServiceName=service)
    put_logs_policy(config.account or "", aws)
    zones = ["eu-central-1a", "eu-central-1b"]
    option = {"StorageType": "gp3", "AvailabilityZones": [{"Name": zone} for zone in zones]}
    kind = {"InstanceType": config.shape.opensearch_class, "AvailabilityZones": zones}
    answer(
        Stubber(aws.rds),
        describe_db_instances={"DBInstances": []},
        describe_orderable_db_instance_options={"OrderableDBInstanceOptions": [option]},
        describe_db_engine_versions={"DBEngineVersions": [{"EngineVersion": POSTGRES}]},
    )
    opensearch = Stubber(aws.opensearch)
    opensearch.add_client_error("describe_domain", "ResourceNotFoundException", "Domain not found: mocstack-dev", 409)
    answer(
        opensearch,
        list_instance_type_details={"InstanceTypeDetails": [kind]},
        list_versions={"Versions": [f"OpenSearch_{OPENSEARCH}"]},
    )
    elasticache = Stubber(aws.elasticache)
    elasticache.add_client_error("describe_replication_groups", "ReplicationGroupNotFoundFault", "not found", 404)
    answer(elasticache, describe_cache_engine_versions={"CacheEngineVersions": [{"EngineVersion": REDIS}]})
    answer(Stubber(aws.lambda_), get_account_settings={"AccountLimit": {"UnreservedConcurrentExecutions": 1000}})


def answer(stubber: Stubber, **answers: Mapping[str, object]) -> None:
    """Have calls answered, in their order."""
    for operation, response in answers.items():
        stubber.add_response(operation, response)
    stubber.activate()


def test_an_account_in_which_everything_is_ready_passes(aws: Clients, dev: StageConfig) -> None:
    """Each check says its line."""
    prepare(aws, dev)
    said: list[str] = []
    preflight(dev, aws, said.append)
    assert [line.split("  ")[0] for line in said] == [
        "stacks",
        "CDK bootstrap",
        "service-linked roles",
        "logs policy",
        "bucket",
        "Redis mode",
        "names",
        "quotas",
        "availability zones",
        "engine versions",
    ]
    assert all(line.endswith("  ok") for line in said)


def test_everything_that_is_wrong_is_listed(aws: Clients, dev: StageConfig) -> None:
    """In a line each, with what to do; the checks that pass say so."""
    prepare(aws, dev)
    aws.ssm.delete_parameter(Name=VERSION_PARAMETER)
    aws.s3.create_bucket(Bucket=dev.bucket_name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    said: list[str] = []
    with pytest.raises(PreflightError) as raised:
        preflight(replace(dev, bastion=True), aws, said.append)
    head, *lines = str(raised.value).splitlines()
    assert head == "stage 'dev' is not deployed, and nothing was changed:"
    assert [line.split()[:2] for line in lines] == [
        ["-", "account"],
        ["-", "autoscaling.amazonaws.com"],
        ["-", "the"],
    ]
    assert len(raised.value.findings) == 3
    assert [line for line in said if line.endswith("1 problem")] == [
        "CDK bootstrap           1 problem",
        "service-linked roles    1 problem",
        "bucket                  1 problem",
    ]


def test_a_region_without_the_policy_of_all_stages_is_found(aws: Clients, dev: StageConfig) -> None:
    """Its name, and the command that makes it."""
    prepare(aws, dev)
    aws.logs.delete_resource_policy(policyName=LOGS_POLICY)
    with pytest.raises(PreflightError, match=f"no resource policy {LOGS_POLICY} .*nox -s bootstrap -- dev"):
        preflight(dev, aws, lambda _: None)


def test_what_may_not_be_looked_at_is_a_finding(aws: Clients, dev: StageConfig) -> None:
    """The other checks run all the same, and AWS's words name the permission."""
    prepare(aws, dev)
    with Stubber(aws.iam) as stubber:
        stubber.add_client_error("list_roles", "AccessDenied", "not authorized to perform: iam:ListRoles", 403)
        with pytest.raises(PreflightError) as raised:
            preflight(dev, aws, lambda _: None)
    (finding,) = raised.value.findings
    assert finding.problem == "service-linked roles can't be checked"
    assert finding.remedy == "your role may not do it: not authorized to perform: iam:ListRoles"


def test_without_credentials_the_line_says_how_to_sign_in(
    own_aws_environment: None,  # noqa: ARG001
    dev: StageConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing else is tried."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    said: list[str] = []
    with pytest.raises(NotSignedInError, match=r"preflight of dev: sign in to AWS first \(`aws sso login`"):
        preflight(dev, Clients(dev.region), said.append)
    assert said == []


def test_where_aws_is_not_reached_it_ends_at_once(
    own_aws_environment: None,  # noqa: ARG001
    dev: StageConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is no finding of any check."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError):
        preflight(dev, Clients(dev.region), lambda _: None)
