"""Provisioning: a deployment runs the provision function when it must, as the handler takes it, and ends in time."""

import json

import pytest

from application.foundation import ACCOUNT, given
from application.reading import Case, function_of, permissions_of, role_of
from core.names import PROVISION_FUNCTION_OUTPUT
from db.provisioning import FunctionRole
from functions.provision.event import Deploy, read_event
from templates.model import Properties, Resource, Templates

pytestmark = pytest.mark.slow

FRAMEWORK = "provision-framework"


def asked(templates: Templates) -> Properties:
    """Return what the custom resource hands to the provision function."""
    own = {"ServiceToken", "ServiceTimeout"}
    resource = templates.only("Custom::Provision")
    return {name: value for name, value in resource.properties.items() if name not in own}


def test_the_handler_takes_what_it_is_given(case: Case) -> None:
    """Each function that uses OpenSearch is named with its role and its indexes, in the form that the handler reads."""
    templates = case("dev")
    event = read_event({"RequestType": "Create", "ResourceProperties": dict(asked(templates))})
    assert event == Deploy(
        (
            FunctionRole(
                name="reader",
                role_arn=role_of(templates, "reader").attribute("Arn"),
                read=("moc_instructions", "gallery_images"),
            ),
            FunctionRole(
                name="writer", role_arn=role_of(templates, "writer").attribute("Arn"), write=("moc_instructions",)
            ),
        )
    )


@pytest.mark.parametrize(("changed", "property_"), [("other-code", "Bundle"), ("fewer", "Functions")])
def test_it_runs_again_when_something_changes(case: Case, changed: str, property_: str) -> None:
    """CloudFormation calls it again when a property is another: new code or migrations, or another manifest."""
    before, after = asked(case("dev")), asked(case(changed))
    assert {name for name in before if before[name] != after[name]} == {property_}


def test_it_runs_again_when_an_engine_is_another(case: Case) -> None:
    """The links that it is given are properties too: a new domain or database has none of what was applied."""
    templates = case("dev")
    hosts = [value for name, value in given(templates.config).items() if name.endswith("-host")]
    assert len(hosts) == 3
    assert all(host in json.dumps(asked(templates)["Links"]) for host in hosts)


def test_its_role_is_the_foundations_and_stays_as_it_is(case: Case) -> None:
    """A permission that the application gave it would turn the order of the stacks around."""
    templates = case("dev")
    arn = function_of(templates, "provision")["Role"]
    assert arn == given(templates.config)["provision-role-arn"]
    attached = {name for policy in templates.of("AWS::IAM::Policy") for name in policy["Roles"]}
    assert attached == {_framework_role(templates).ref}


def test_everything_ends_before_what_waits_for_it(case: Case) -> None:
    """The function ends before the framework, and CloudFormation waits for that long, not for its hour."""
    templates = case("dev")
    waits = int(templates.only("Custom::Provision")["ServiceTimeout"])
    assert function_of(templates, "provision")["Timeout"] < function_of(templates, FRAMEWORK)["Timeout"] <= waits < 3600


def test_the_framework_may_call_the_function_and_write_its_log(case: Case) -> None:
    """Of the CDK's framework, what it may do is known: no policy of AWS's lets it write every log."""
    templates = case("dev")
    role = _framework_role(templates)
    function = function_of(templates, "provision").attribute("Arn")
    streams = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/mocstack-dev-{FRAMEWORK}:log-stream:*"
    assert "ManagedPolicyArns" not in role.properties
    assert permissions_of(role) == {
        ("Allow", "logs:CreateLogStream", streams),
        ("Allow", "logs:PutLogEvents", streams),
    }
    (policy,) = templates.of("AWS::IAM::Policy")
    assert policy["PolicyDocument"]["Statement"] == [
        {"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": [function, f"{function}:*"]},
        {"Action": "lambda:GetFunction", "Effect": "Allow", "Resource": function},
    ]


def test_the_frameworks_log_is_kept_as_long_as_others(case: Case) -> None:
    """A function of the CDK's own has a group with retention too."""
    templates = case("production")
    group = function_of(templates, FRAMEWORK)["LoggingConfig"]["LogGroup"]
    assert templates.by_ref(group, "AWS::Logs::LogGroup")["RetentionInDays"] == 90


def test_the_function_that_migrates_is_told(case: Case) -> None:
    """`migrate -- STAGE` finds it by the stack's output."""
    assert case("dev").application.outputs[PROVISION_FUNCTION_OUTPUT] == "mocstack-dev-provision"


def _framework_role(templates: Templates) -> Resource:
    return role_of(templates, FRAMEWORK)
