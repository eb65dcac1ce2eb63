"""1.8 Health check, what of it runs on AWS."""

import json
from typing import Final

from core.environment import STAGE, VERSION
from functions.manifest import FUNCTIONS
from templates.model import Properties, Resource, Templates, is_object
from templates.policies import Call, surely
from templates.roles import roles

from .finding import Findings, differs
from .parts import function_named, manifest_functions

_RESERVED: Final = ("AWS_", "LAMBDA_")


def function(templates: Templates) -> Findings:
    """1.8.1: a Lambda of the manifest: its handler, runtime, platform, memory, timeout and environment."""
    for declared in FUNCTIONS:
        made = function_named(templates, declared.name)
        for property_, expected in (
            ("Handler", declared.handler),
            ("MemorySize", declared.memory),
            ("Timeout", declared.timeout),
            ("Runtime", "python3.13"),
            ("Architectures", ["arm64"]),
        ):
            yield from differs(f"{property_} of {declared.name}", made.get(property_), expected)
        yield from _environment(templates, made)
        if "ReservedConcurrentExecutions" in made.properties:
            yield f"{made} reserves concurrency, of which a new account has none to give"


def _environment(templates: Templates, made: Resource) -> Findings:
    variables = made["Environment"]["Variables"]
    yield from differs(f"{STAGE} of {made}", variables.get(STAGE), templates.config.name)
    if not variables.get(VERSION):
        yield f"{made} is not told its version"
    for name in variables:
        if name.startswith(_RESERVED):
            yield f"{made} sets {name}, which is Lambda's own"


def signs_in(templates: Templates) -> Findings:
    """1.8.2, 1.8.3, 1.8.4: the function may sign in to each engine that it asks how it is."""
    role = roles(templates)[function_named(templates, "health")["Role"]]
    for call in engine_calls(templates, user="app"):
        if not surely(role.statements, call):
            yield f"health may not: {call}"


def engine_calls(templates: Templates, *, user: str) -> list[Call]:
    """Return the calls by which a function signs in to PostgreSQL, Redis and OpenSearch."""
    proxy = templates.only("AWS::RDS::DBProxy")
    _, _, _, region, account, _, id_ = proxy.attribute("DBProxyArn").split(":")
    group = templates.only("AWS::ElastiCache::ReplicationGroup")
    redis_user = next(each for each in templates.of("AWS::ElastiCache::User") if each["UserName"] != "default")
    domain = templates.only("AWS::OpenSearchService::Domain")
    return [
        Call("rds-db:connect", f"arn:aws:rds-db:{region}:{account}:dbuser:{id_}/{user}"),
        Call("elasticache:Connect", f"arn:aws:elasticache:{region}:{account}:replicationgroup:{group.ref}"),
        Call("elasticache:Connect", redis_user.attribute("Arn")),
        Call("es:ESHttpGet", f"{domain.attribute('Arn')}/_cluster/health"),
    ]


def route(templates: Templates) -> Findings:
    """1.8.5: an HTTP API with the manifest's routes and no other, throttled, logged, allowed to invoke."""
    api = templates.only("AWS::ApiGatewayV2::Api")
    yield from differs("the kind of API", api["ProtocolType"], "HTTP")
    routes = {each["RouteKey"]: each for each in templates.of("AWS::ApiGatewayV2::Route")}
    expected = {f"{each.method} {each.path}": function for function in FUNCTIONS for each in function.routes}
    yield from differs("the routes", sorted(routes), sorted(expected))
    for key, declared in expected.items():
        made = function_named(templates, declared.name)
        integration = templates.by_ref(
            routes[key]["Target"].removeprefix("integrations/"), "AWS::ApiGatewayV2::Integration"
        )
        yield from differs(f"the payload of {key}", integration["PayloadFormatVersion"], "2.0")
        if made.attribute("Arn") not in integration["IntegrationUri"]:
            yield f"{key} goes to {integration['IntegrationUri']}"
        yield from _may_invoke(templates, api, made, key)
    yield from _stage(templates, api)


def _may_invoke(templates: Templates, api: Resource, made: Resource, key: str) -> Findings:
    account = made.attribute("Arn").split(":")[4]
    method, path = key.split(" ")
    source = f"arn:aws:execute-api:{templates.config.region}:{account}:{api.ref}/*/{method}{path}"
    sources = [
        each.get("SourceArn")
        for each in templates.of("AWS::Lambda::Permission")
        if each["FunctionName"] in (made.ref, made.attribute("Arn")) and each["Principal"] == "apigateway.amazonaws.com"
    ]
    if source not in sources and source.replace(method + "/", "*/") not in sources:
        yield f"the API may not invoke {made} for {key}: {sources}"
    if None in sources:
        yield f"any API of anybody may invoke {made}"


def _stage(templates: Templates, api: Resource) -> Findings:
    stage = templates.only("AWS::ApiGatewayV2::Stage")
    yield from differs("the API of the stage", stage["ApiId"], api.ref)
    settings = stage.get("DefaultRouteSettings", {})
    if not settings.get("ThrottlingRateLimit") or not settings.get("ThrottlingBurstLimit"):
        yield "the API takes as many requests as come"
    log = stage.get("AccessLogSettings", {})
    groups = {each.attribute("Arn").removesuffix(":*"): each for each in templates.of("AWS::Logs::LogGroup")}
    group = groups.get(str(log.get("DestinationArn", "")).removesuffix(":*"))
    if group is None or not group.ref.startswith("/aws/vendedlogs/"):
        yield f"access is logged to {log.get('DestinationArn')}"
    if "$context.routeKey" not in _entry(log.get("Format", "")).values():
        yield f"access is not logged as JSON with its route: {log.get('Format')}"


def _entry(form: str) -> Properties:
    """Return an entry of an access log as JSON; nothing of one that is none."""
    try:
        entry = json.loads(form)
    except json.JSONDecodeError:
        return {}
    return entry if is_object(entry) else {}


def logs(templates: Templates) -> Findings:
    """1.8.7: every execution is logged, as JSON, to a group of its own with retention."""
    groups = {each.ref: each for each in templates.of("AWS::Logs::LogGroup")}
    for made in (*manifest_functions(templates), function_named(templates, "provision")):
        config = made.get("LoggingConfig", {})
        yield from differs(f"the log format of {made}", config.get("LogFormat"), "JSON")
        if config.get("LogGroup") not in groups:
            yield f"{made} logs to {config.get('LogGroup')}, which no template makes"
        yield from _writes(templates, made, groups.get(config.get("LogGroup", "")))
    for group in groups.values():
        yield from differs(
            f"the days of {group.ref}", group.get("RetentionInDays"), templates.config.shape.log_retention
        )


def _writes(templates: Templates, made: Resource, group: Resource | None) -> Findings:
    if group is None:
        return
    stream = group.attribute("Arn").removesuffix("*") + "log-stream:2026/11/22/[$LATEST]0123"
    role = roles(templates)[made["Role"]]
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if not surely(role.statements, Call(action, stream)):
            yield f"{made} may not {action} to its log"


def url(templates: Templates) -> Findings:
    """1.8.10, here: a public address, which the application's stack tells; nothing stands before it but TLS."""
    api = templates.only("AWS::ApiGatewayV2::Api")
    yield from differs("the output ApiUrl", templates.application.outputs.get("ApiUrl"), api.attribute("ApiEndpoint"))
    if api.get("DisableExecuteApiEndpoint"):
        yield "the API's own address is off, and there is no other"
    for made in templates.of("AWS::ApiGatewayV2::Route"):
        if made["RouteKey"] == "GET /health" and made.get("AuthorizationType", "NONE") != "NONE":
            yield "health asks for a sign-in"
