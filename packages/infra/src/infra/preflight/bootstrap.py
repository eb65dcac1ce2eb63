"""What `cdk bootstrap` makes once per account and region: where bundles go, and the roles that deploy."""

from collections.abc import Iterator
from typing import Final

from botocore.exceptions import ClientError

from core.sdk import error_code

from .errors import Finding
from .subject import Subject

VERSION_PARAMETER: Final = "/cdk-bootstrap/hnb659fds/version"
"""Where its version stands; the qualifier in it is the CDK's default."""
LEAST_VERSION: Final = 6
"""What the cloud assembly asks for (`requiresBootstrapStackVersion` of its manifest)."""


def check_bootstrap(subject: Subject) -> Iterator[Finding]:
    """Find an account and region that are not prepared for the CDK, or were so long ago."""
    remedy = f"`nox -s bootstrap -- {subject.config.name}` does it"
    where = f"account {subject.config.account} in {subject.config.region}"
    try:
        value = subject.clients.ssm.get_parameter(Name=VERSION_PARAMETER)["Parameter"].get("Value", "")
    except ClientError as error:
        if error_code(error) != "ParameterNotFound":
            raise
        yield Finding(f"{where} is not bootstrapped for the CDK", remedy)
        return
    if not value.isdecimal() or int(value) < LEAST_VERSION:
        yield Finding(
            f"{where} is bootstrapped by version {value} of the CDK's template, and {LEAST_VERSION} is needed", remedy
        )
