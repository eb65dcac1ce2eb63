"""Which platforms there are engines for."""

import re

import pytest

from local.artifacts import PLATFORMS, UnsupportedPlatformError, platform_of, this_platform
from local.artifacts.table import OPENSEARCH, POSTGRES, REDIS, REDIS_SERVERS


@pytest.mark.parametrize(
    ("system", "processor", "expected"),
    [
        ("Linux", "x86_64", "linux-amd64"),
        ("Linux", "aarch64", "linux-arm64v8"),
        ("Darwin", "x86_64", "darwin-amd64"),
        ("Darwin", "arm64", "darwin-arm64v8"),
    ],
)
def test_a_platform_is_known_by_what_uname_says(system: str, processor: str, expected: str) -> None:
    """Each of the four platforms is recognized by the names that its own uname gives."""
    assert platform_of(system, processor, glibc=system == "Linux") == expected


@pytest.mark.parametrize(
    ("system", "processor", "glibc", "named"),
    [
        ("Linux", "x86_64", False, "Linux on x86_64 without glibc"),
        ("Linux", "riscv64", True, "Linux on riscv64"),
        ("FreeBSD", "amd64", False, "FreeBSD on amd64"),
        ("Windows", "AMD64", False, "Windows on AMD64"),
    ],
)
def test_any_other_platform_is_refused_with_what_to_do(system: str, processor: str, glibc: bool, named: str) -> None:  # noqa: FBT001 - a parameter of the test
    """A platform without builds is named, and the sentence says which ones there are."""
    with pytest.raises(UnsupportedPlatformError, match="use Linux with glibc or macOS") as caught:
        platform_of(system, processor, glibc=glibc)
    assert caught.value.platform == named


def test_this_machine_is_one_of_the_platforms() -> None:
    """The tests run where the local stage runs."""
    assert this_platform() in PLATFORMS


def test_the_table_has_every_artifact_for_every_platform() -> None:
    """No platform lacks an engine, and every artifact is pinned by a sha256 of its own."""
    assert set(POSTGRES) == set(REDIS_SERVERS) == set(PLATFORMS)
    artifacts = [*POSTGRES.values(), REDIS, OPENSEARCH]
    checksums = {artifact.sha256 for artifact in artifacts}
    assert len(checksums) == len(artifacts)
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in checksums)
