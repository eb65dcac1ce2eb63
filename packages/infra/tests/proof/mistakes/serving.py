"""Mistakes in the files, the functions and their API."""

from typing import Final

from criteria import bucket, health
from proof.mistakes.case import Case
from templates.edit import Edit
from templates.model import Json

BUCKET: Final = "AWS::S3::Bucket"
FUNCTION: Final = "AWS::Lambda::Function"


def _files(edit: Edit) -> Json:
    return edit.one(BUCKET, "lego-moc-files")


def _policy(edit: Edit) -> list[Json]:
    return edit.one("AWS::S3::BucketPolicy", "BucketFilesPolicy")["PolicyDocument"]["Statement"]


def _public_read(edit: Edit) -> None:
    _policy(edit).append({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"})


def _no_tls(edit: Edit) -> None:
    statements = _policy(edit)
    statements[:] = [each for each in statements if "SecureTransport" not in str(each)]


def _rules(edit: Edit) -> list[Json]:
    return _files(edit)["LifecycleConfiguration"]["Rules"]


def _behaviour(edit: Edit) -> Json:
    return edit.one("AWS::CloudFront::Distribution")["DistributionConfig"]["DefaultCacheBehavior"]


def _second_behaviour(edit: Edit) -> None:
    config = edit.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    open_ = {name: value for name, value in config["DefaultCacheBehavior"].items() if name != "TrustedKeyGroups"}
    config["CacheBehaviors"] = [open_ | {"PathPattern": "public/*"}]


def _any_distribution(edit: Edit) -> None:
    for statement in _policy(edit):
        if "cloudfront" in str(statement.get("Principal")):
            statement.pop("Condition")


def _access_log(edit: Edit) -> Json:
    return edit.one("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]


SERVING: Final = (
    Case("a bucket of another name", lambda e: _files(e).update(BucketName="lego-moc-file"), bucket.name),
    Case(
        "files that go with the stack",
        lambda e: e.body(BUCKET, "lego-moc-files").update(DeletionPolicy="Delete"),
        bucket.name,
    ),
    Case(
        "a bucket beside the one that exists",
        lambda e: e.add("foundation", "B", BUCKET, BucketName="b"),
        bucket.name,
        "existing-bucket",
    ),
    Case("no versions in production", lambda e: _files(e).pop("VersioningConfiguration"), bucket.versions),
    Case(
        "versions for ever",
        lambda e: [r.pop("NoncurrentVersionExpiration", None) for r in _rules(e)].clear(),
        bucket.versions,
    ),
    Case(
        "a key of KMS",
        lambda e: _files(e)["BucketEncryption"]["ServerSideEncryptionConfiguration"][0].update(
            ServerSideEncryptionByDefault={"SSEAlgorithm": "aws:kms"}
        ),
        bucket.encryption,
    ),
    Case(
        "any frontend",
        lambda e: _files(e)["CorsConfiguration"]["CorsRules"][0].update(AllowedOrigins=["*"]),
        bucket.cors,
    ),
    Case(
        "no upload",
        lambda e: _files(e)["CorsConfiguration"]["CorsRules"][0].update(AllowedMethods=["GET"]),
        bucket.cors,
    ),
    Case(
        "files that move a month late",
        lambda e: _rules(e)[0]["Transitions"][0].update(TransitionInDays=120),
        bucket.lifecycle,
    ),
    Case("a rule that is off", lambda e: _rules(e)[0].update(Status="Disabled"), bucket.lifecycle),
    Case(
        "abandoned uploads",
        lambda e: [r.pop("AbortIncompleteMultipartUpload", None) for r in _rules(e)].clear(),
        bucket.lifecycle,
    ),
    Case(
        "a public bucket",
        lambda e: _files(e)["PublicAccessBlockConfiguration"].update(BlockPublicPolicy=False),
        bucket.private,
    ),
    Case("a bucket without its block", lambda e: _files(e).pop("PublicAccessBlockConfiguration"), bucket.private),
    Case("a policy for everybody", _public_read, bucket.private),
    Case("files without TLS", _no_tls, bucket.private),
    Case("another distribution's access", _any_distribution, bucket.cdn, "everything"),
    Case("the key group removed", lambda e: _behaviour(e).pop("TrustedKeyGroups"), bucket.cdn, "cdn"),
    Case("a behaviour without a key group", _second_behaviour, bucket.cdn, "cdn"),
    Case(
        "a CDN without origin access control",
        lambda e: e.one("AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"][0].pop(
            "OriginAccessControlId"
        ),
        bucket.cdn,
        "cdn",
    ),
    Case(
        "a CDN without its switch",
        lambda e: e.add("foundation", "D", "AWS::CloudFront::Distribution", DistributionConfig={}),
        bucket.cdn,
    ),
    Case(
        "another runtime than the bytecode's",
        lambda e: e.one(FUNCTION, "-health").update(Runtime="python3.12"),
        health.function,
    ),
    Case(
        "another architecture than the wheels'",
        lambda e: e.one(FUNCTION, "-health").update(Architectures=["x86_64"]),
        health.function,
    ),
    Case(
        "a variable of Lambda's own",
        lambda e: e.one(FUNCTION, "-health")["Environment"]["Variables"].update(AWS_REGION="x"),
        health.function,
    ),
    Case(
        "reserved concurrency",
        lambda e: e.one(FUNCTION, "-health").update(ReservedConcurrentExecutions=10),
        health.function,
    ),
    Case("another route", lambda e: e.one("AWS::ApiGatewayV2::Route").update(RouteKey="GET /healthz"), health.route),
    Case("an API that may not invoke", lambda e: e.remove("AWS::Lambda::Permission"), health.route),
    Case("any API may invoke", lambda e: e.one("AWS::Lambda::Permission").pop("SourceArn"), health.route),
    Case("no throttling", lambda e: e.one("AWS::ApiGatewayV2::Stage").pop("DefaultRouteSettings"), health.route),
    Case("no access log", lambda e: e.one("AWS::ApiGatewayV2::Stage").pop("AccessLogSettings"), health.route),
    Case(
        "an access log as text",
        lambda e: _access_log(e).update(Format="$context.requestId $context.routeKey $context.status"),
        health.route,
    ),
    Case(
        "an access log without the route",
        lambda e: _access_log(e).update(Format='{"requestId":"$context.requestId"}'),
        health.route,
    ),
    Case("logs for ever", lambda e: e.one("AWS::Logs::LogGroup", "-health").pop("RetentionInDays"), health.logs),
    Case("logs as text", lambda e: e.one(FUNCTION, "-health")["LoggingConfig"].update(LogFormat="Text"), health.logs),
    Case(
        "health behind a sign-in",
        lambda e: e.one("AWS::ApiGatewayV2::Route").update(AuthorizationType="AWS_IAM"),
        health.url,
    ),
    Case("no address in the outputs", lambda e: e.bodies["application"]["Outputs"].pop("ApiUrl"), health.url),
    Case(
        "no link for the bucket in the outputs",
        lambda e: e.bodies["application"]["Outputs"].pop("LinkMyBucket"),
        bucket.output,
    ),
)
