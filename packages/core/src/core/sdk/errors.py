"""The errors of talking to AWS: each is one line that says what failed, and what to do."""

from core.errors import CoreError


class AwsError(CoreError):
    """AWS, or the SDK on the way there, did not do what was asked.

    Attributes:
        what: what could not be done, as in `stage 'dev' can't be migrated`.
        reason: why, and what to do.
    """

    def __init__(self, what: str, reason: str) -> None:
        self.reason = " ".join(reason.split())  # what AWS says may have lines
        super().__init__(f"{what}: {self.reason}")
        self.what = what


class NotSignedInError(AwsError):
    """There are no credentials, or AWS does not take them."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(
            what,
            f"sign in to AWS first (`aws sso login`, or AWS_PROFILE, or access keys in the environment): {reason}",
        )


class ProfileMissingError(AwsError):
    """There is no such profile."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what, f"{reason}: AWS_PROFILE names it")


class RegionMissingError(AwsError):
    """No region is chosen."""

    def __init__(self, what: str) -> None:
        super().__init__(what, "no AWS region is chosen: set AWS_REGION, or one in your profile")


class AccessDeniedError(AwsError):
    """The credentials are good, and may not do it.

    Attributes:
        operation: what was asked of AWS: `DescribeStacks`.
    """

    def __init__(self, what: str, operation: str, reason: str) -> None:
        super().__init__(what, f"your role may not do it: {reason}")
        self.operation = operation


class UnreachableError(AwsError):
    """Nothing answers, or not in time."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what, f"AWS can't be reached: {reason}; look at the network, the proxy and the region's name")


class RefusedError(AwsError):
    """AWS answered with another error.

    Attributes:
        operation: what was asked of AWS: `DescribeStacks`.
        code: AWS's code of the error: `Throttling`.
    """

    def __init__(self, what: str, operation: str, code: str, reason: str) -> None:
        super().__init__(what, f"AWS answered {code} to {operation}: {reason}")
        self.operation = operation
        self.code = code


class MisconfiguredError(AwsError):
    """The SDK can't use the AWS settings of this machine."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what, f"the AWS settings of this machine can't be used: {reason}")
