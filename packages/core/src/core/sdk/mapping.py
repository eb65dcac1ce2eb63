"""From the SDK's many errors to core's few."""

from collections.abc import Generator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  # the SDK's name
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    WaiterError,
)
from botocore.parsers import ResponseParserError

from .errors import (
    AccessDeniedError,
    AwsError,
    MisconfiguredError,
    NotSignedInError,
    ProfileMissingError,
    RefusedError,
    RegionMissingError,
    UnreachableError,
)

_SIGN_IN_ERRORS = (
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_SIGN_IN_CODES = frozenset(
    {
        "AuthFailure",  # EC2's
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",  # S3's
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@contextmanager
def aws_errors(what: str, *, needs: tuple[str, ...] = ()) -> Generator[None]:
    """Say in a line what AWS, or the SDK, has against it.

    Clients are made, and their answers read, within the block: either may fail.

    Args:
        what: what can't be done then: `stage 'dev' can't be migrated`.
        needs: the IAM actions that it takes, for who may not do it.

    Raises:
        AwsError: one of its kinds, for anything of the SDK's. A call with wrong parameters is a mistake of the program
            and passes as it is.
    """
    try:
        yield
    except ParamValidationError:
        raise
    except ClientError as error:
        raise _refused(what, error, needs) from error
    except BotoCoreError as error:
        raise _failed(what, error) from error
    except ResponseParserError as error:  # as a proxy answers by a page of its own
        raise UnreachableError(what, "what answered is not AWS, by the form of its answer") from error


def error_code(error: ClientError) -> str:
    """Return AWS's code of an error: `ValidationError`; empty where it has none."""
    return error.response.get("Error", {}).get("Code", "")


def _refused(what: str, error: ClientError, needs: tuple[str, ...]) -> AwsError:
    code, said = error_code(error), error.response.get("Error", {}).get("Message", "")
    if code in _SIGN_IN_CODES:
        return NotSignedInError(what, f"AWS does not take the credentials ({code}: {said})")
    if code in _DENIED_CODES:
        needed = f"it needs {' and '.join(needs)} ({said})" if needs else said
        return AccessDeniedError(what, error.operation_name, needed)
    return RefusedError(what, error.operation_name, code, said)


def _failed(what: str, error: BotoCoreError) -> AwsError:
    match error:
        case NoRegionError():
            return RegionMissingError(what)
        case ProfileNotFound():
            return ProfileMissingError(what, str(error))
        case ConnectionError() | HTTPClientError():
            return UnreachableError(what, str(error))
        case _ if isinstance(error, _SIGN_IN_ERRORS):
            return NotSignedInError(what, str(error))
        case WaiterError():
            return AwsError(what, f"AWS did not come that far: {error}")
        case _:
            return MisconfiguredError(what, str(error))
