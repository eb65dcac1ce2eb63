"""Actions of AWS services to try: every operation of botocore's models, and what is an action without being one."""

from functools import cache
from typing import Final

from botocore.loaders import Loader

_MODELS: Final = {
    "cloudformation": "cloudformation",
    "cloudfront": "cloudfront",
    "cloudwatch": "cloudwatch",
    "dynamodb": "dynamodb",
    "ec2": "ec2",
    "elasticache": "elasticache",
    "es": "opensearch",
    "events": "events",
    "iam": "iam",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "rds": "rds",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
}
"""The prefix of a service's actions, and the name of its model."""

_NO_OPERATIONS: Final = (
    "elasticache:Connect",
    "es:ESHttpDelete",
    "es:ESHttpGet",
    "es:ESHttpHead",
    "es:ESHttpPatch",
    "es:ESHttpPost",
    "es:ESHttpPut",
    "iam:PassRole",
    "lambda:InvokeFunction",
    "rds-db:connect",
    "s3:DeleteObjectVersion",
    "s3:GetObjectVersion",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""Actions of the Service Authorization Reference that go by another name than the operations they are for."""


@cache
def actions() -> tuple[str, ...]:
    """Return some two thousand actions: those of the services that a stage is made of, and of its neighbours."""
    loader = Loader()
    named = {
        f"{prefix}:{operation}"
        for prefix, model in _MODELS.items()
        for operation in loader.load_service_model(model, "service-2")["operations"]
    }
    return tuple(sorted(named | set(_NO_OPERATIONS)))
