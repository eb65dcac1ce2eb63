"""By which names what listens on loopback is asked.

A page whose own name was made to lead here (DNS rebinding) would be taken by the browser for one of ours; it asks by
that name.
"""

import re
from collections.abc import Iterable

_OURS = re.compile(rb"(127\.0\.0\.1|localhost)(:\d+)?", re.IGNORECASE)


def asked_by_our_name(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether a request's headers, names in lower case, name one host and that is loopback's name or address."""
    hosts = [value for name, value in headers if name == b"host"]
    return len(hosts) == 1 and _OURS.fullmatch(hosts[0]) is not None
