"""The errors of preparing an account."""

from infra.errors import InfraError


class AccountError(InfraError):
    """An account can't be prepared."""


class RoleNotSeenError(AccountError):
    """A service-linked role was made, and IAM does not show it.

    Attributes:
        service: the service.
    """

    def __init__(self, service: str, seconds: float) -> None:
        super().__init__(
            f"the service-linked role of {service} was made and is not to be seen after {seconds:.0f} s: run it again"
        )
        self.service = service


class TooManyLogsPoliciesError(AccountError):
    """The region has as many resource policies of CloudWatch Logs as it may have.

    Attributes:
        region: the region.
    """

    def __init__(self, region: str) -> None:
        super().__init__(
            f"{region} has the ten resource policies of CloudWatch Logs that it may have, and the stages need one "
            "more, for all of them: see `aws logs describe-resource-policies`, and delete one that nothing needs"
        )
        self.region = region
