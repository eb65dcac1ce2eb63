"""Story 1.6 S3."""

import pytest

from criteria import bucket
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_1_6_1_the_bucket_has_its_name(variant: Templates) -> None:
    """The bucket is `lego-moc-files-{stage}`, or an existing one that is not touched."""
    assert findings(bucket.name, variant) == []


def test_1_6_2_versions_are_of_the_stage(templates: Templates) -> None:
    """Versioning is off in dev and on in production."""
    assert findings(bucket.versions, templates) == []


def test_1_6_3_files_are_encrypted(variant: Templates) -> None:
    """Every bucket is encrypted by S3 (SSE-S3)."""
    assert findings(bucket.encryption, variant) == []


def test_1_6_4_only_the_frontend_of_the_stage_uploads(templates: Templates) -> None:
    """CORS lets in the origins of the stage alone."""
    assert findings(bucket.cors, templates) == []


def test_1_6_5_cold_files_move(templates: Templates) -> None:
    """Objects older than 90 days move to STANDARD_IA."""
    assert findings(bucket.lifecycle, templates) == []


def test_1_6_6_nothing_is_public(variant: Templates) -> None:
    """Public access is blocked, and HTTPS is demanded."""
    assert findings(bucket.private, variant) == []


def test_1_6_7_the_link_names_the_bucket(variant: Templates) -> None:
    """`Resource.MyBucket` gives the name."""
    assert findings(bucket.output, variant) == []


def test_1_6_8_the_cdn_is_signed_for(variant: Templates) -> None:
    """CloudFront is there by its switch, and serves nobody without a signature."""
    assert findings(bucket.cdn, variant) == []
