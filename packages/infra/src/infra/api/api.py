"""The HTTP API, made from the routes of the manifest."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from constructs import Construct

from core.manifest import Function
from infra.acknowledgements import acknowledge
from infra.functions import Functions, UndeployableFunctionError
from infra.interfaces import as_function
from infra.log_group_names import vended
from infra.log_groups import log_group
from infra.stage import StageConfig

from .access_log import AccessLog

WAITS: Final = 29
"""Seconds that the API waits for a function: the CDK's most, and under the service's own 30 (its quotas). It is the
same for all functions, since a cold start comes on top of a function's timeout."""

_DEFAULT_STAGE: Final = "$default"
"""The stage of API Gateway that is at the root of the address, without a path of its own."""

_OPEN_REASON: Final = (
    "The manifest knows no sign-in yet: its routes are public, as the health check is meant to be (acceptance 1.8.10)."
)

_HEADERS: Final = ("authorization", "content-type")
"""What a frontend may send beyond what browsers always may."""


class Api(Construct):
    """The HTTP API of a stage.

    Attributes:
        api: the API.
        url: its address, without a final slash.
        stage_name: the name of its only stage, which metrics are of.
    """

    def __init__(
        self, scope: Construct, id_: str, *, config: StageConfig, manifest: Sequence[Function], functions: Functions
    ) -> None:
        super().__init__(scope, id_)
        self.api = apigatewayv2.HttpApi(
            self,
            "Api",
            api_name=config.named("api"),
            description=f"The functions of stage {config.name}",
            cors_preflight=_cors(config, manifest),
            # The one that the CDK would make has neither throttling nor a log.
            create_default_stage=False,
        )
        for function in manifest:
            self._add_routes(function, functions)
        self.stage_name = _DEFAULT_STAGE
        self._add_stage(config)
        self.url = self.api.api_endpoint
        acknowledge(self.api, {"AwsSolutions-APIG4": _OPEN_REASON})

    def _add_routes(self, function: Function, functions: Functions) -> None:
        if function.routes and function.timeout > WAITS:
            raise UndeployableFunctionError(
                function.name, f"it may take {function.timeout} s, and an HTTP API waits {WAITS} s"
            )
        integration = integrations.HttpLambdaIntegration(
            function.name,
            as_function(functions.functions[function.name]),
            payload_format_version=apigatewayv2.PayloadFormatVersion.VERSION_2_0,
            timeout=Duration.seconds(WAITS),
            scope_permission_to_route=True,
        )
        for route in function.routes:
            self.api.add_routes(
                path=route.path, methods=[apigatewayv2.HttpMethod(route.method)], integration=integration
            )

    def _add_stage(self, config: StageConfig) -> None:
        log = log_group(self, "AccessLog", config=config, name=vended(config, "api"))
        apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name=_DEFAULT_STAGE,
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(
                rate_limit=config.shape.api_rate, burst_limit=config.shape.api_burst
            ),
            access_log_settings=AccessLog(log),
        )


def _cors(config: StageConfig, manifest: Sequence[Function]) -> apigatewayv2.CorsPreflightOptions | None:
    """Return what browsers are told: that the frontend of this stage, if it has one, may call what there is."""
    if not config.origins:
        return None
    methods = sorted({route.method for function in manifest for route in function.routes})
    return apigatewayv2.CorsPreflightOptions(
        allow_origins=list(config.origins),
        allow_methods=[apigatewayv2.CorsHttpMethod(method) for method in methods],
        allow_headers=list(_HEADERS),
        max_age=Duration.hours(1),
    )
