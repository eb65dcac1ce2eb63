"""The access log of the HTTP API: one JSON object a request, without what the caller is free to write."""

import json
from collections.abc import Mapping
from typing import Final, cast

import jsii
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_logs as logs

FIELDS: Final[Mapping[str, str]] = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    # The route and not the path, which is the caller's to choose.
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLatency": "$context.responseLatency",
    "responseLength": "$context.responseLength",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integrationStatus",
    "integrationRequestId": "$context.integration.requestId",
    "integrationError": "$context.integrationErrorMessage",
    "error": "$context.error.responseType",
}
"""The fields of an entry, and API Gateway's variables that fill them (its developer guide, "Customize HTTP API access
logs"). `integrationRequestId` is the request id in the function's log."""


@jsii.implements(apigatewayv2.IAccessLogSettings)
class AccessLog:
    """Where requests are logged, and how."""

    def __init__(self, group: logs.ILogGroup) -> None:
        self._destination = apigatewayv2.LogGroupLogDestination(group)

    @property
    def destination(self) -> apigatewayv2.IAccessLogDestination:
        """The log group."""
        # jsii names a parameter of the class otherwise than the interface does.
        return cast("apigatewayv2.IAccessLogDestination", self._destination)

    @property
    def format(self) -> apigateway.AccessLogFormat:
        """The form of an entry."""
        return apigateway.AccessLogFormat.custom(json.dumps(FIELDS))
