"""1.6 S3."""

from typing import Final

from templates.model import Resource, Templates
from templates.policies import Call, possibly, read_policy

from .finding import Findings, differs

_BLOCKED: Final = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def files(templates: Templates) -> Resource:
    """Return the bucket of the files."""
    return templates.by_ref(templates.config.bucket_name, "AWS::S3::Bucket")


def name(templates: Templates) -> Findings:
    """1.6.1: `lego-moc-files-{stage}`, or an existing one, which no template touches."""
    buckets = [each.ref for each in templates.of("AWS::S3::Bucket")]
    config = templates.config
    if config.bucket_exists:
        yield from differs("the buckets", buckets, [])
        yield from differs("the policies of buckets", templates.of("AWS::S3::BucketPolicy"), [])
    elif f"lego-moc-files-{config.name}" not in buckets:
        yield f"lego-moc-files-{config.name} is not made: {buckets}"
    elif config.sizing != "dev":
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            kept = files(templates).body.get(policy)
            if kept not in ("Retain", "RetainExceptOnCreate"):
                yield f"the files' {policy} is {kept}: they would go with the stack"
    exported = templates.foundation.exports.get(config.named("bucket-name"))
    yield from differs("the export of the name", exported, config.bucket_name)


def versions(templates: Templates) -> Findings:
    """1.6.2: versioning on in production, off in dev; old versions expire."""
    given = files(templates).get("VersioningConfiguration", {}).get("Status")
    yield from differs("versioning", given == "Enabled", templates.config.sizing != "dev")
    rules = files(templates)["LifecycleConfiguration"]["Rules"]
    if not any("NoncurrentVersionExpiration" in rule and rule["Status"] == "Enabled" for rule in rules):
        yield "old versions are kept for ever"


def encryption(templates: Templates) -> Findings:
    """1.6.3: SSE-S3."""
    for bucket in templates.of("AWS::S3::Bucket"):
        rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        found = [rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules]
        yield from differs(f"the encryption of {bucket}", found, ["AES256"])


def cors(templates: Templates) -> Findings:
    """1.6.4: CORS lets the frontend's domains of that stage upload, and no other."""
    rules = files(templates).get("CorsConfiguration", {}).get("CorsRules", [])
    origins = sorted({origin for rule in rules for origin in rule["AllowedOrigins"]})
    yield from differs("the origins of CORS", origins, sorted(templates.config.origins))
    if rules and not any("PUT" in rule["AllowedMethods"] for rule in rules):
        yield "the frontend may not upload"


def lifecycle(templates: Templates) -> Findings:
    """1.6.5: objects older than 90 days move to STANDARD_IA; uploads that were left are dropped."""
    rules = [rule for rule in files(templates)["LifecycleConfiguration"]["Rules"] if rule["Status"] == "Enabled"]
    moves = [
        (move["StorageClass"], move["TransitionInDays"])
        for rule in rules
        for move in rule.get("Transitions", [])
        if not {"Prefix", "TagFilters"} & set(rule)
    ]
    yield from differs("the moves", moves, [("STANDARD_IA", 90)])
    if not any("AbortIncompleteMultipartUpload" in rule for rule in rules):
        yield "uploads that were left are kept for ever"


def private(templates: Templates) -> Findings:
    """1.6.6: public access is blocked, HTTPS is demanded, and no policy lets in anybody but CloudFront."""
    for bucket in templates.of("AWS::S3::Bucket"):
        blocked = bucket.get("PublicAccessBlockConfiguration", {})
        for setting in _BLOCKED:
            yield from differs(f"{setting} of {bucket}", blocked.get(setting), expected=True)
        if "AccessControl" in bucket.properties or "WebsiteConfiguration" in bucket.properties:
            yield f"{bucket} has a list of access control, or is a website"
        yield from _policy(templates, bucket)


def _policy(templates: Templates, bucket: Resource) -> Findings:
    documents = [
        each["PolicyDocument"] for each in templates.of("AWS::S3::BucketPolicy") if each["Bucket"] == bucket.ref
    ]
    statements = [statement for document in documents for statement in read_policy(document)]
    key = f"{bucket.attribute('Arn')}/any"
    for statement in statements:
        if statement.effect == "Allow" and {"*"} & set(statement.principals or ()):
            yield f"the policy of {bucket} lets everybody in"
    insecure = Call("s3:GetObject", key, {"aws:SecureTransport": "false"}, principal="arn:aws:iam::1:role/any")
    denied = [each for each in statements if each.effect == "Deny" and each.covers(insecure)]
    if not any(each.holds(insecure.context) for each in denied):
        yield f"{bucket} answers without TLS"
    if possibly(statements, Call("s3:GetObject", key, principal="arn:aws:iam::999900009999:role/stranger")):
        yield f"another account may read {bucket}"


def output(templates: Templates) -> Findings:
    """1.6.7: `Resource.MyBucket` gives the name: the link that the application tells of."""
    text: str = templates.application.outputs.get("LinkMyBucket", "")
    if f'"name":"{templates.config.bucket_name}"' not in text:
        yield f"the link MyBucket does not name the bucket: {text!r}"


def cdn(templates: Templates) -> Findings:
    """1.6.8: CloudFront by switch, with origin access control and a trusted key group on every behaviour."""
    distributions = templates.of("AWS::CloudFront::Distribution")
    yield from differs("the number of distributions", len(distributions), int(templates.config.cdn))
    for distribution in distributions:
        given = distribution["DistributionConfig"]
        groups = [each.ref for each in templates.of("AWS::CloudFront::KeyGroup")]
        for behaviour in (given["DefaultCacheBehavior"], *given.get("CacheBehaviors", [])):
            if not groups or behaviour.get("TrustedKeyGroups") != groups:
                yield "a behaviour of the CDN serves whoever asks: it has no trusted key group"
            if behaviour["ViewerProtocolPolicy"] == "allow-all":
                yield "a behaviour of the CDN serves without TLS"
        for origin in given["Origins"]:
            yield from _origin(templates, origin)
        yield from _lets_in(templates, distribution)


def _origin(templates: Templates, origin: dict[str, object]) -> Findings:
    controls = [each.ref for each in templates.of("AWS::CloudFront::OriginAccessControl")]
    if origin.get("OriginAccessControlId") not in controls:
        yield "the CDN asks S3 without signing: it has no origin access control"


def _lets_in(templates: Templates, distribution: Resource) -> Findings:
    """Report a policy that lets in another distribution, or not this one."""
    arn = f"arn:aws:cloudfront::{templates.only('AWS::RDS::DBInstance').attribute('DBInstanceArn').split(':')[4]}"
    own, other = f"{arn}:distribution/{distribution.ref}", f"{arn}:distribution/EOTHER"
    document = next(
        each["PolicyDocument"]
        for each in templates.of("AWS::S3::BucketPolicy")
        if each["Bucket"] == files(templates).ref
    )
    key = f"{files(templates).attribute('Arn')}/any"
    for source, expected in ((own, True), (other, False)):
        context = {"aws:SourceArn": source, "aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
        call = Call("s3:GetObject", key, context, principal="cloudfront.amazonaws.com")
        if possibly(read_policy(document), call) != expected:
            yield f"the bucket's policy {'does not let' if expected else 'lets'} the distribution {source} in"
