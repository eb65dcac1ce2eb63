"""List prices: on demand, without free tiers, discounts or taxes. The one place where they stand.

Dollars; per hour, per GiB and month, or per unit, as each name says. A type that a stage can have and that is not here
is an error, not a zero: see `bill`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

PRICES_REGION: Final = "us-east-1"
PRICES_AS_OF: Final = date(2026, 5, 21)
PRICES_NOTE: Final = (
    "List prices of us-east-1, on demand, without free tiers, discounts and taxes, written down by hand. Those of "
    "db.t4g, gp3 storage of RDS, NAT and t3.small.search were held against public breakdowns of May 2026, the others "
    "were not: check them against the AWS Pricing Calculator before you rely on them."
)

HOURS: Final = 730
"""Hours of a month, as AWS's own calculator counts them."""

# https://aws.amazon.com/vpc/pricing/
NAT_HOUR: Final = 0.045
NAT_GB: Final = 0.045
PUBLIC_ADDRESS_HOUR: Final = 0.005

# https://aws.amazon.com/rds/postgresql/pricing/; a standby in another zone costs as much again.
DATABASE_HOUR: Final[Mapping[str, float]] = {
    "db.t4g.micro": 0.016,
    "db.t4g.small": 0.032,
    "db.t4g.medium": 0.065,
    "db.r6g.large": 0.225,
    "db.r6g.xlarge": 0.45,
}
DATABASE_GB: Final = 0.115

# https://aws.amazon.com/rds/proxy/pricing/: for each vCPU of the instance, two at least.
PROXY_VCPU_HOUR: Final = 0.015
DATABASE_VCPUS: Final[Mapping[str, int]] = {
    "db.t4g.micro": 2,
    "db.t4g.small": 2,
    "db.t4g.medium": 2,
    "db.r6g.large": 2,
    "db.r6g.xlarge": 4,
}

# https://aws.amazon.com/secrets-manager/pricing/
SECRET: Final = 0.40

# https://aws.amazon.com/elasticache/pricing/, Redis OSS
CACHE_HOUR: Final[Mapping[str, float]] = {
    "cache.t4g.micro": 0.016,
    "cache.t4g.small": 0.032,
    "cache.t4g.medium": 0.065,
    "cache.r7g.large": 0.219,
    "cache.r7g.xlarge": 0.437,
}

# https://aws.amazon.com/opensearch-service/pricing/
SEARCH_HOUR: Final[Mapping[str, float]] = {
    "t3.small.search": 0.036,
    "t3.medium.search": 0.073,
    "m6g.large.search": 0.128,
    "r6g.large.search": 0.167,
    "r6g.xlarge.search": 0.335,
}
SEARCH_GB: Final = 0.122

# https://aws.amazon.com/ec2/pricing/on-demand/ and https://aws.amazon.com/ebs/pricing/
INSTANCE_HOUR: Final[Mapping[str, float]] = {"t4g.nano": 0.0042, "t4g.micro": 0.0084}
VOLUME_GB: Final = 0.08

# https://aws.amazon.com/cloudwatch/pricing/
ALARM: Final = 0.10
COMPOSITE_ALARM: Final = 0.50
DASHBOARD: Final = 3.00
METRIC: Final = 0.30
DETAILED_METRICS: Final = 7
"""Metrics of an EC2 instance that detailed monitoring charges for."""
LOGS_GB: Final = 0.50
LOGS_KEPT_GB: Final = 0.03

# https://aws.amazon.com/lambda/pricing/, Arm
REQUEST: Final = 0.20e-6
GB_SECOND: Final = 0.0000133334

# https://aws.amazon.com/api-gateway/pricing/, HTTP APIs
API_REQUEST: Final = 1.00e-6

# https://aws.amazon.com/s3/pricing/
FILES_GB: Final = 0.023
PUT: Final = 0.005e-3
GET: Final = 0.0004e-3

# https://aws.amazon.com/cloudfront/pricing/, North America and Europe
CDN_GB: Final = 0.085
CDN_REQUEST: Final = 0.0100e-4
