"""Provisioning: a deployment runs the provision function when it must, as the handler takes it, and ends in time."""

import json

import pytest

from application.reading import account_of, exported, function_of, permissions_of, policies_of, role_of
from core.names import PROVISION_FUNCTION_OUTPUT
from db.provisioning import FunctionRole
from functions.provision.event import Deploy, read_event
from templates.made import TemplatesOf
from templates.model import Properties, Resource, Templates

pytestmark = pytest.mark.slow

FRAMEWORK = "provision-framework"


def asked(templates: Templates) -> Properties:
    """Return what the custom resource hands to the provision function."""
    own = {"ServiceToken", "ServiceTimeout"}
    resource = templates.only("Custom::Provision")
    return {name: value for name, value in resource.properties.items() if name not in own}


def test_the_handler_takes_what_it_is_given(templates_of: TemplatesOf) -> None:
    """Each function that uses OpenSearch is named with its role and its indexes, in the form that the handler reads."""
    templates = templates_of("made-dev")
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
def test_it_runs_again_when_something_changes(templates_of: TemplatesOf, changed: str, property_: str) -> None:
    """CloudFormation calls it again when a property is another: new code or migrations, or another manifest."""
    before, after = asked(templates_of("made-dev")), asked(templates_of(f"made-dev-{changed}"))
    assert {name for name in before if before[name] != after[name]} == {property_}


def test_it_runs_again_when_an_engine_is_another(templates_of: TemplatesOf) -> None:
    """The links that it is given are properties too: a new domain or database has none of what was applied."""
    templates = templates_of("made-dev")
    hosts = [value for name, value in templates.foundation.exports.items() if name.endswith("-host")]
    assert len(hosts) == 3
    assert all(host in json.dumps(asked(templates)["Links"]) for host in hosts)


def test_its_role_is_the_foundations_and_stays_as_it_is(templates_of: TemplatesOf) -> None:
    """A permission that the application gave it would turn the order of the stacks around."""
    templates = templates_of("made-dev")
    arn = function_of(templates, "provision")["Role"]
    assert arn == exported(templates, "provision-role-arn")
    attached = {name for policy in policies_of(templates) for name in policy["Roles"]}
    assert attached == {_framework_role(templates).ref}


def test_everything_ends_before_what_waits_for_it(templates_of: TemplatesOf) -> None:
    """The function ends before the framework, and CloudFormation waits for that long, not for its hour."""
    templates = templates_of("made-dev")
    waits = int(templates.only("Custom::Provision")["ServiceTimeout"])
    assert function_of(templates, "provision")["Timeout"] < function_of(templates, FRAMEWORK)["Timeout"] <= waits < 3600


def test_the_framework_may_call_the_function_and_write_its_log(templates_of: TemplatesOf) -> None:
    """Of the CDK's framework, what it may do is known: no policy of AWS's lets it write every log."""
    templates = templates_of("made-dev")
    role = _framework_role(templates)
    function = function_of(templates, "provision").attribute("Arn")
    streams = f"arn:aws:logs:{account_of(templates)}:log-group:/aws/lambda/mocstack-dev-{FRAMEWORK}:log-stream:*"
    assert "ManagedPolicyArns" not in role.properties
    assert permissions_of(role) == {
        ("Allow", "logs:CreateLogStream", streams),
        ("Allow", "logs:PutLogEvents", streams),
    }
    (policy,) = policies_of(templates)
    assert policy["PolicyDocument"]["Statement"] == [
        {"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": [function, f"{function}:*"]},
        {"Action": "lambda:GetFunction", "Effect": "Allow", "Resource": function},
    ]


def test_the_frameworks_log_is_kept_as_long_as_others(templates_of: TemplatesOf) -> None:
    """A function of the CDK's own has a group with retention too."""
    templates = templates_of("made-production")
    group = function_of(templates, FRAMEWORK)["LoggingConfig"]["LogGroup"]
    assert templates.by_ref(group, "AWS::Logs::LogGroup")["RetentionInDays"] == 90


def test_the_function_that_migrates_is_told(templates_of: TemplatesOf) -> None:
    """`migrate -- STAGE` finds it by the stack's output."""
    assert templates_of("made-dev").application.outputs[PROVISION_FUNCTION_OUTPUT] == "mocstack-dev-provision"


def _framework_role(templates: Templates) -> Resource:
    return role_of(templates, FRAMEWORK)
