"""CloudFront before the bucket: it serves files by signed URLs, and nothing without a signature."""

import hashlib
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.errors import InfraError
from infra.stage import StageConfig

REMEMBER_HTTPS: Final = 365
"""Days that a browser asks for the files by HTTPS alone."""

_JUSTIFIED: Final = {
    "AwsSolutions-CFR1": "The files are for whoever was given a signed URL, wherever they are.",
    "AwsSolutions-CFR2": (
        "No path is public: CloudFront answers a request without a valid signature itself. A firewall would cost "
        "more a month than the distribution, and would be a stack of its own in us-east-1."
    ),
    "AwsSolutions-CFR3": (
        "CloudFront's logs need a bucket with access control lists, or a delivery in us-east-1, wherever the stage is. "
        "Who was given a URL is in the logs of the function that signs it, who fetched from S3 in the access log of S3."
    ),
    "AwsSolutions-CFR4": (
        "CloudFront sets TLSv1 for the host names of its own, whatever a template says. The project has no domain to "
        "get a certificate for; with one, TLSv1.2_2021 comes with it."
    ),
}


class PublicKeyMissingError(InfraError):
    """A distribution was asked for that could not tell a signed URL from any other."""

    def __init__(self, stage: str) -> None:
        super().__init__(
            f"the CDN of stage {stage} has no public key to check signed URLs with, and would make every file public: "
            "set MOCSTACK_CDN_PUBLIC_KEY, or switch MOCSTACK_CDN off"
        )


class Cdn(Construct):
    """The distribution of a stage.

    What it costs: S3's presigned URLs do not pass it, so that uploads go to S3 and only reads come this way.

    Attributes:
        domain: its host name.
        key_id: the id that signed URLs name the key by.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig, bucket: s3.IBucket) -> None:
        super().__init__(scope, id_)
        if config.cdn_public_key is None:
            raise PublicKeyMissingError(config.name)
        key = self._key(config, config.cdn_public_key)
        signers = cloudfront.KeyGroup(
            self,
            "Signers",
            key_group_name=config.named("files"),
            items=[cloudfront.PublicKey.from_public_key_id(self, "Key", key.attr_id)],
            comment=f"Who signs URLs of the files of {config.name}",
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Files of {config.name}",
            default_behavior=self._behavior(config, bucket, signers),
            # North America and Europe: elsewhere files come from there, later, at the lowest price.
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
        )
        acknowledge(distribution, _JUSTIFIED)
        self.domain: str = distribution.distribution_domain_name
        self.key_id: str = key.attr_id

    def _key(self, config: StageConfig, public_key: str) -> cloudfront.CfnPublicKey:
        """Return the key as a resource that is new with each key.

        CloudFront changes nothing of a key that it has, and CloudFormation tries to: the update fails. So another key
        is another resource. The CDK's own construct would also make CallerReference of the path in the app, which is
        the same in every stage, where an account may use it once.
        """
        name = config.named(f"files-{hashlib.sha256(public_key.encode()).hexdigest()[:8]}")
        return cloudfront.CfnPublicKey(
            self,
            f"Key{name[-8:]}",
            public_key_config=cloudfront.CfnPublicKey.PublicKeyConfigProperty(
                name=name, caller_reference=name, encoded_key=public_key
            ),
        )

    def _behavior(
        self, config: StageConfig, bucket: s3.IBucket, signers: cloudfront.IKeyGroup
    ) -> cloudfront.BehaviorOptions:
        access = cloudfront.S3OriginAccessControl(
            self,
            "Access",
            origin_access_control_name=config.named("files"),
            description=f"Lets CloudFront read the files of {config.name}",
            signing=cloudfront.Signing.SIGV4_ALWAYS,
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(
                bucket, origin_access_control=access, origin_access_levels=[cloudfront.AccessLevel.READ]
            ),
            trusted_key_groups=[signers],
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self._headers(config),
            compress=True,
        )

    def _headers(self, config: StageConfig) -> cloudfront.ResponseHeadersPolicy:
        """Return what is answered beside a file: users upload them, so that no browser may take one for a page."""
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=config.named("files"),
            comment=f"Files of {config.name} are data",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(REMEMBER_HTTPS), include_subdomains=False, override=True
                ),
            ),
            cors_behavior=_cors(config.origins),
        )


def _cors(allowed: tuple[str, ...]) -> cloudfront.ResponseHeadersCorsBehavior | None:
    if not allowed:
        return None
    return cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_origins=list(allowed),
        access_control_allow_methods=["GET", "HEAD"],
        access_control_allow_headers=["*"],
        access_control_allow_credentials=False,
        origin_override=True,
    )
