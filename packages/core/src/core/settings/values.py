"""The types of values, each with its check.

A check only says no: what a value must be stands beside the variable, in `schema`, where errors and documentation
take it from.
"""

import base64
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode


def _matches(pattern: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError
        return value

    return AfterValidator(check)


def _split(value: object) -> object:
    return tuple(value.split(",")) if isinstance(value, str) else value


AccountId = Annotated[str, _matches(r"[0-9]{12}")]
Region = Annotated[str, _matches(r"[a-z]{2}(-[a-z]+)+-[0-9]")]
# Whether anyone reads it shows when SNS sends its confirmation.
EmailAddress = Annotated[str, _matches(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")]
# S3 allows dots too, but no certificate fits the host of such a bucket.
BucketName = Annotated[str, _matches(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")]
Zone = Annotated[str, _matches(r"[a-z]{2}(-[a-z]+)+-[0-9][a-z]")]
Zones = Annotated[tuple[Zone, Zone], NoDecode, BeforeValidator(_split)]

# A browser sends an origin in lower case, in ASCII and without its scheme's own port: another spelling never matches.
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_PUBLIC = re.compile(rf"https://({_LABEL}\.)+[a-z]({_LABEL})?(:(?!0|443$)[0-9]{{1,5}})?")
_ON_A_LAPTOP = re.compile(r"https?://(localhost|127\.0\.0\.1)(:(?!0)[0-9]{1,5})?")


def is_public_origin(origin: str) -> bool:
    """Tell whether an origin can be a frontend's on the internet."""
    return _PUBLIC.fullmatch(origin) is not None


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(is_public_origin(value) or _ON_A_LAPTOP.fullmatch(value) for value in values):
        raise ValueError
    return values


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_origins)]


def _public_key(value: str) -> str:
    """Check the envelope, and leave the key itself to CloudFront; return it with the final newline CloudFront keeps."""
    first, *body, last = value.strip().splitlines() or [""]
    if (first, last) != ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"):
        raise ValueError
    if not base64.b64decode("".join(body), validate=True):
        raise ValueError
    return "\n".join((first, *body, last, ""))


PublicKey = Annotated[str, AfterValidator(_public_key)]
