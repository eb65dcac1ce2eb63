"""The roots that AWS's own services are certified by, as a file that every bundle carries.

psycopg's binary wheel brings an OpenSSL that looks for roots where Lambda has none, so a link on AWS names this file.
Amazon Trust Services publishes the five; certifi has them among all the others of Mozilla's list.
"""

import ssl
from pathlib import Path
from typing import cast

import certifi

from .errors import MissingRootError

ROOTS = (
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
)
"""The common names of Amazon Trust Services' roots: https://www.amazontrust.com/repository/."""


def amazon_roots(authorities: Path | None = None) -> str:
    """Return the five roots as PEM, each under its name, in the order of `ROOTS`.

    Args:
        authorities: the PEM file that has them; certifi's by default.

    Raises:
        MissingRootError: one of them is not in that file.
    """
    path = authorities or Path(certifi.where())
    held = _certificates(path)
    return "".join(f"# {name}\n{_pem(name, held, path)}" for name in ROOTS)


def _pem(name: str, held: dict[str, bytes], path: Path) -> str:
    if name not in held:
        raise MissingRootError(name, path)
    return ssl.DER_cert_to_PEM_cert(held[name])


def _certificates(path: Path) -> dict[str, bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    # Both lists are of one store, in its order.
    read = zip(context.get_ca_certs(), context.get_ca_certs(binary_form=True), strict=True)
    return {_common_name(cast("_Subject", described["subject"])): encoded for described, encoded in read}


_Subject = tuple[tuple[tuple[str, str], ...], ...]
"""A distinguished name as `ssl` gives it; typeshed leaves it open."""


def _common_name(subject: _Subject) -> str:
    return next((value for part in subject for field, value in part if field == "commonName"), "")
