"""The part of Signature Version 4 that tokens and requests share.

The rules are those of the AWS documentation, "Create a signed AWS API request".
"""

import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from .credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, where and when. Make one for each signature: neither credentials nor the time last.

    Attributes:
        credentials: those of the principal that the service lets in.
        region: the AWS region of what is signed for.
        now: seconds since the epoch. AWS refuses what is signed more than 5 minutes off its own clock.
    """

    credentials: Credentials
    region: str
    now: float

    @property
    def timestamp(self) -> str:
        """The time in UTC, as in `20250131T235959Z`."""
        return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.now))

    def scope(self, service: str) -> str:
        """Return what a signature holds for: `20250131/eu-central-1/rds-db/aws4_request`."""
        return f"{self.timestamp[:8]}/{self.region}/{service}/aws4_request"

    def sign(self, service: str, canonical_request: str) -> str:
        """Return the signature of a canonical request, as hexadecimal digits."""
        scope = self.scope(service)
        text = f"{ALGORITHM}\n{self.timestamp}\n{scope}\n{digest(canonical_request.encode())}"
        return hmac.digest(_signing_key(self.credentials.secret_key, scope), text.encode(), "sha256").hex()


# A function signs for three services with one role; the rest is room for a day or credentials that change.
@lru_cache(maxsize=8)
def _signing_key(secret_key: str, scope: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def encode(value: str | bytes) -> str:
    """Percent-encode everything but the unreserved characters of RFC 3986, text as UTF-8."""
    return quote(value, safe="")


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return encoded pairs as the query string that is signed: sorted by name, then by value."""
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
