"""Functions: each is as the manifest declares it, with a role, a log and a place of its own."""

import hashlib
from pathlib import Path

import pytest
from proof.permissions import IN_NETWORK

from application.reading import (
    account_of,
    each,
    exported,
    function_of,
    permissions_of,
    policies_of,
    role_of,
    variables_of,
    written,
)
from core.manifest import Function
from functions.manifest import FUNCTIONS, PROVISION
from templates.made import TemplatesOf
from templates.manifest import MADE_UP, WRITER
from templates.model import Properties, Templates
from templates.releases import REFUSED, content_of

pytestmark = pytest.mark.slow

ALL = (*MADE_UP, PROVISION)
every = pytest.mark.parametrize("function", ALL, ids=lambda function: function.name)
declared = pytest.mark.parametrize("function", MADE_UP, ids=lambda function: function.name)


@every
@pytest.mark.parametrize("stage", ["dev", "production", "personal"])
def test_a_function_is_as_it_is_declared(templates_of: TemplatesOf, stage: str, function: Function) -> None:
    """What the manifest says of it holds; runtime and processor are those that bundles are made for."""
    made = function_of(templates_of(f"made-{stage}"), function.name)
    assert {name: made[name] for name in ("Handler", "MemorySize", "Timeout", "Description")} == {
        "Handler": function.handler,
        "MemorySize": function.memory,
        "Timeout": function.timeout,
        "Description": function.description,
    }
    assert (made["Runtime"], made["Architectures"]) == ("python3.13", ["arm64"])


@every
def test_a_function_runs_in_the_private_subnets(templates_of: TemplatesOf, function: Function) -> None:
    """Its interfaces are in both private subnets, with the functions' group and no other."""
    templates = templates_of("made-dev")
    assert function_of(templates, function.name)["VpcConfig"] == {
        "SubnetIds": [exported(templates, f"private-subnet-{number}") for number in (1, 2)],
        "SecurityGroupIds": [exported(templates, "functions-group")],
    }


def test_the_application_writes_no_rule_of_a_group(templates_of: TemplatesOf) -> None:
    """The groups' rules are the foundation's: a second one of the same ports fails, or takes the first with it."""
    types = {resource.type for resource in templates_of("made-dev").application.resources.values()}
    assert not {type_ for type_ in types if type_.startswith("AWS::EC2::")}


@every
def test_the_environment_says_what_runs_where(templates_of: TemplatesOf, function: Function) -> None:
    """A function knows its stage, its code's version and its own variables, beside its links."""
    made = function_of(templates_of("made-production"), function.name)
    variables = dict(variables_of(made))
    digest = hashlib.sha256(content_of(function.name).encode()).hexdigest()
    assert {name: value for name, value in variables.items() if not name.startswith("LINK_")} == {
        "STAGE": "production",
        "VERSION": digest[:12],
        **(function.environment or {}),
    }


@every
@pytest.mark.parametrize(("stage", "days"), [("dev", 14), ("production", 90)])
def test_a_function_logs_json_to_a_group_of_its_own(
    templates_of: TemplatesOf, stage: str, days: int, function: Function
) -> None:
    """Each execution is logged, kept as long as the stage's logs are, in a group that goes with the stack."""
    templates = templates_of(f"made-{stage}")
    name = f"/aws/lambda/mocstack-{stage}-{function.name}"
    group = templates.by_ref(name, "AWS::Logs::LogGroup")
    assert function_of(templates, function.name)["LoggingConfig"] == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        "LogGroup": name,
    }
    assert (group["RetentionInDays"], group.body["DeletionPolicy"]) == (days, "Delete")


@declared
def test_a_role_writes_its_functions_log_and_no_other(templates_of: TemplatesOf, function: Function) -> None:
    """Its streams are below the function's group, and the group itself is not a function's to make."""
    templates = templates_of("made-dev")
    permissions = permissions_of(role_of(templates, function.name))
    streams = f"arn:aws:logs:{account_of(templates)}:log-group:/aws/lambda/mocstack-dev-{function.name}:log-stream:*"
    assert {permission for permission in permissions if permission[1].startswith("logs:")} == {
        ("Allow", "logs:CreateLogStream", streams),
        ("Allow", "logs:PutLogEvents", streams),
    }


@declared
def test_only_lambda_itself_places_a_function_in_the_network(templates_of: TemplatesOf, function: Function) -> None:
    """What Lambda does as the role, on all resources, is denied to the code that has the same role."""
    templates = templates_of("made-dev")
    role, name = role_of(templates, function.name), f"mocstack-dev-{function.name}"
    statements = [
        statement
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("ec2:") for action in each(statement["Action"]))
    ]
    assert [
        (statement["Effect"], set(each(statement["Action"])), statement["Resource"]) for statement in statements
    ] == [
        ("Allow", set(IN_NETWORK), "*"),
        ("Deny", set(IN_NETWORK), "*"),
    ]
    assert [statement.get("Condition") for statement in statements] == [
        None,
        {"ArnEquals": {"lambda:SourceFunctionArn": f"arn:aws:lambda:{account_of(templates)}:function:{name}"}},
    ]


def test_each_function_has_a_role_of_its_own(templates_of: TemplatesOf) -> None:
    """A role is one function's, Lambda alone takes it, and no policy of AWS's makes it wider."""
    templates = templates_of("made-dev")
    roles = [role_of(templates, function.name) for function in MADE_UP]
    assert len({role.id for role in roles}) == len(MADE_UP)
    for role in roles:
        assert role["AssumeRolePolicyDocument"]["Statement"] == [
            {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        ]
        assert "ManagedPolicyArns" not in role.properties
    attached = {name for policy in policies_of(templates) for name in policy["Roles"]}
    assert not attached & {role.ref for role in roles}


def test_functions_wait_for_provisioning_and_roles_do_not(templates_of: TemplatesOf) -> None:
    """No function is made or changed before the engines are ready for it; provisioning is given the roles' ARNs."""
    templates = templates_of("made-dev")
    provisioned = templates.only("Custom::Provision")
    for function in MADE_UP:
        assert provisioned.id in function_of(templates, function.name).body["DependsOn"]
        assert "DependsOn" not in role_of(templates, function.name).body


def test_no_function_reserves_concurrency(templates_of: TemplatesOf) -> None:
    """A new account has ten executions in all, and must keep a hundred unreserved: a reservation fails there."""
    functions = templates_of("made-dev").of("AWS::Lambda::Function")
    assert not [made for made in functions if "ReservedConcurrentExecutions" in made.properties]


def test_code_is_deployed_again_when_its_content_changes(templates_of: TemplatesOf) -> None:
    """The code's key follows the digest of the bundle, and nothing else."""
    before, after = templates_of("made-dev"), templates_of("made-dev-other-code")
    changed = {
        function.name
        for function in ALL
        if function_of(before, function.name)["Code"] != function_of(after, function.name)["Code"]
    }
    assert changed == {"provision"}


def test_a_function_that_goes_takes_nothing_with_it(templates_of: TemplatesOf) -> None:
    """Without one function of the manifest, every other one stays as it is, its role and its log too."""
    whole, fewer = templates_of("made-dev"), templates_of("made-dev-fewer")
    for function in MADE_UP:
        if function is not WRITER:
            assert _parts(whole, function.name) == _parts(fewer, function.name)


def _parts(templates: Templates, name: str) -> list[Properties]:
    log = templates.by_ref(f"/aws/lambda/mocstack-dev-{name}", "AWS::Logs::LogGroup")
    return [written(templates, part) for part in (function_of(templates, name), role_of(templates, name), log)]


def test_names_fit_in_the_longest_stage(templates_of: TemplatesOf) -> None:
    """A stage's name may have 16 characters, and a function's in Lambda 64."""
    names = [made.ref for made in templates_of("made-personal").of("AWS::Lambda::Function")]
    assert len(names) == len(ALL) + 1
    assert max(map(len, names)) <= 64


def test_the_real_manifest_is_deployed_whole(templates_of: TemplatesOf) -> None:
    """Every function of the application is made, with the provision function and its framework, and no other."""
    names = {made.ref for made in templates_of("dev").of("AWS::Lambda::Function")}
    assert names == {
        f"mocstack-dev-{name}"
        for name in (*(function.name for function in FUNCTIONS), "provision", "provision-framework")
    }


def test_what_can_not_be_deployed_is_refused(assemblies: Path) -> None:
    """What the services would refuse in the middle of a deployment is an error before, which says what to change."""
    assert {name: (assemblies / f"{name}.txt").read_text() for name in REFUSED} == {
        "refused-name": "function 'a-name-that-is-too-long-for-lambda-to-take' can't be deployed: its name "
        "'mocstack-ada-lovelace1815-a-name-that-is-too-long-for-lambda-to-take' has 68 characters, of 64 at most; "
        "change packages/functions' manifest",
        "refused-timeout": "function 'reader' can't be deployed: it may take 30 s, and an HTTP API waits 29 s; "
        "change packages/functions' manifest",
        "refused-link": "no resource is behind the link OtherPostgres: the foundation has to export one, and "
        "infra.links to use it",
    }
