"""AWS Signature Version 4 without botocore: tokens for RDS and ElastiCache, signed requests to OpenSearch.

A function signs with its role, so it holds no password. botocore costs hundreds of modules at a cold start, and
little of it is needed here; the tests hold what is here to botocore's own signers byte for byte. Nothing here
reads the clock: the time is an argument.
"""

from .credentials import Credentials, MissingCredentialsError, credentials_from_environment
from .requests import Request, UnsignableRequestError, sign_request
from .sigv4 import Signer
from .tokens import elasticache_token, rds_token

__all__ = [
    "Credentials",
    "MissingCredentialsError",
    "Request",
    "Signer",
    "UnsignableRequestError",
    "credentials_from_environment",
    "elasticache_token",
    "rds_token",
    "sign_request",
]
