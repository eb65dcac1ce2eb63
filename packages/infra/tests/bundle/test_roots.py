"""The roots that AWS's own services are certified by."""

import datetime as dt
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from infra.bundle import ROOTS_FILE, MissingRootError
from infra.bundle.roots import ROOTS, amazon_roots

numbered_zero = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")
"""Starfield's root is: it is older than the rule that forbids it, and what believes it does not look."""


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    """The five, in a file."""
    path = tmp_path / "roots.pem"
    path.write_text(amazon_roots())
    return path


@numbered_zero
def test_each_is_a_root_that_is_valid(roots: Path) -> None:
    """Each certificate is an authority, signed by itself, and valid for a year to come."""
    now = dt.datetime.now(dt.UTC)
    for certificate in x509.load_pem_x509_certificates(roots.read_bytes()):
        certificate.verify_directly_issued_by(certificate)
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert certificate.not_valid_before_utc < now
        assert certificate.not_valid_after_utc > now + dt.timedelta(days=365)


@numbered_zero
def test_they_are_the_five_and_no_other(roots: Path) -> None:
    """Amazon's four and Starfield's for AWS: whoever else certifies a name is not believed."""
    held = x509.load_pem_x509_certificates(roots.read_bytes())
    names = [certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for certificate in held]
    assert names == [
        "Amazon Root CA 1",
        "Amazon Root CA 2",
        "Amazon Root CA 3",
        "Amazon Root CA 4",
        "Starfield Services Root Certificate Authority - G2",
    ]


def test_openssl_believes_them(roots: Path) -> None:
    """A context that is given the file has the five, of which each is good for itself."""
    context = ssl.create_default_context(cafile=str(roots))
    assert context.cert_store_stats() == {"x509": 5, "x509_ca": 5, "crl": 0}


@pytest.mark.parametrize("missing", ROOTS)
def test_one_that_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    """A list of authorities that lacks one is refused when the bundle is made, not when a function connects."""
    kept = [block for block in re.split("^# ", amazon_roots(), flags=re.MULTILINE) if not block.startswith(missing)]
    authorities = tmp_path / "authorities.pem"
    authorities.write_text("".join(kept))
    with pytest.raises(MissingRootError, match=re.escape(f'"{missing}"')) as caught:
        amazon_roots(authorities)
    assert (caught.value.root, caught.value.authorities) == (missing, authorities)
    assert "\n" not in str(caught.value)


def test_they_are_read_from_any_order(tmp_path: Path) -> None:
    """What a bundle holds does not change because certifi sorts its list anew."""
    blocks = re.findall(r"-----BEGIN.+?END CERTIFICATE-----\n", Path(certifi.where()).read_text(), re.DOTALL)
    turned = tmp_path / "turned.pem"
    turned.write_text("".join(reversed(blocks)))
    assert amazon_roots(turned) == amazon_roots()


@pytest.mark.network
def test_every_bundle_has_them_where_links_say(deployed: Mapping[str, Path]) -> None:
    """A link's `ca_file` on AWS is a file of the bundle, unpacked."""
    for folder in deployed.values():
        assert (folder / Path(ROOTS_FILE).relative_to("/var/task")).read_text() == amazon_roots()
