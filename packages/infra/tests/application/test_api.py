"""The HTTP API: the manifest's routes, bounded, logged, and open to the stage's own frontend."""

import json

import pytest

from application.reading import account_of, function_of
from core.names import API_URL_OUTPUT
from templates.made import TemplatesOf
from templates.manifest import MADE_UP

pytestmark = pytest.mark.slow

STAGES = ("dev", "production", "personal")
ROUTES = {f"{route.method} {route.path}": function for function in MADE_UP for route in function.routes}


@pytest.mark.parametrize("stage", STAGES)
def test_each_route_leads_to_its_function(templates_of: TemplatesOf, stage: str) -> None:
    """The routes are the manifest's, parameters included, each to the function that declares it."""
    templates = templates_of(f"made-{stage}")
    functions = {function.name: function_of(templates, function.name).attribute("Arn") for function in MADE_UP}
    leads = {
        route["RouteKey"]: templates.by_ref(
            route["Target"].removeprefix("integrations/"), "AWS::ApiGatewayV2::Integration"
        )["IntegrationUri"]
        for route in templates.of("AWS::ApiGatewayV2::Route")
    }
    assert leads == {key: functions[function.name] for key, function in ROUTES.items()}


def test_the_api_waits_longer_than_a_function_runs(templates_of: TemplatesOf) -> None:
    """The service waits 30 s at most; what is asked of a function is in the payload's form 2.0."""
    longest = max(function.timeout for function in ROUTES.values())
    integrations = templates_of("made-dev").of("AWS::ApiGatewayV2::Integration")
    assert len(integrations) == 2
    for integration in integrations:
        assert longest * 1000 <= integration["TimeoutInMillis"] < 30_000
        assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")


@pytest.mark.parametrize("stage", STAGES)
def test_the_api_invokes_functions_for_their_routes_alone(templates_of: TemplatesOf, stage: str) -> None:
    """Each permission names this API and a route's path; a function without a route has none."""
    templates = templates_of(f"made-{stage}")
    api = templates.only("AWS::ApiGatewayV2::Api")
    given = {
        (permission["FunctionName"], permission["SourceArn"], permission["Principal"], permission["Action"])
        for permission in templates.of("AWS::Lambda::Permission")
    }
    assert given == {
        (
            function_of(templates, function.name).attribute("Arn"),
            f"arn:aws:execute-api:{account_of(templates)}:{api.ref}/*/*{key.partition(' ')[2]}",
            "apigateway.amazonaws.com",
            "lambda:InvokeFunction",
        )
        for key, function in ROUTES.items()
    }


@pytest.mark.parametrize("stage", STAGES)
def test_requests_are_throttled_by_the_stage(templates_of: TemplatesOf, stage: str) -> None:
    """What the stage takes is bounded by its shape; every change of a route is live at once, at the address's root."""
    templates = templates_of(f"made-{stage}")
    made, shape = templates.only("AWS::ApiGatewayV2::Stage"), templates.config.shape
    assert made["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": shape.api_rate,
        "ThrottlingBurstLimit": shape.api_burst,
    }
    assert (made["StageName"], made["AutoDeploy"]) == ("$default", True)


def test_requests_are_logged_as_json(templates_of: TemplatesOf) -> None:
    """An entry has the route, the status and the id that leads to the function's log; never what the caller wrote."""
    templates = templates_of("made-production")
    settings = templates.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    group = templates.by_ref("/aws/vendedlogs/mocstack-production-api", "AWS::Logs::LogGroup")
    entry = json.loads(settings["Format"])
    assert settings["DestinationArn"] == group.attribute("Arn")
    assert group["RetentionInDays"] == templates.config.shape.log_retention
    assert {"$context.routeKey", "$context.status", "$context.requestId", "$context.integration.requestId"} <= set(
        entry.values()
    )
    assert not {"$context.path", "$context.identity.userAgent"} & set(entry.values())


@pytest.mark.parametrize("stage", ["dev", "production"])
def test_browsers_are_told_of_the_stages_frontend(templates_of: TemplatesOf, stage: str) -> None:
    """CORS lets in the origins of the stage and no other, with the methods that there are."""
    templates = templates_of(f"made-{stage}")
    cors = templates.only("AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    assert cors["AllowOrigins"] == list(templates.config.origins)
    assert cors["AllowMethods"] == ["DELETE", "GET", "POST"]
    assert "AllowCredentials" not in cors


def test_a_stage_without_a_frontend_lets_no_browser_in(templates_of: TemplatesOf) -> None:
    """Where no origin is given there is no CORS at all."""
    assert "CorsConfiguration" not in templates_of("bastion").only("AWS::ApiGatewayV2::Api").properties


def test_the_address_is_told_without_a_final_slash(templates_of: TemplatesOf) -> None:
    """A route's path can be put behind it as it is."""
    templates = templates_of("made-dev")
    api = templates.only("AWS::ApiGatewayV2::Api")
    address = templates.application.outputs[API_URL_OUTPUT]
    assert address == api.attribute("ApiEndpoint")
    assert not address.endswith("/")
    assert "DisableExecuteApiEndpoint" not in api.properties
