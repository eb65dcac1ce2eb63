"""AWS as far as moto's server goes."""

from tooling.moto_fixtures import aws, moto, own_aws_environment

__all__ = ["aws", "moto", "own_aws_environment"]
