"""The bundles of a stage, and how large they may be."""

from collections import Counter
from dataclasses import replace

import pytest

from functions.manifest import FUNCTIONS, PROVISION
from infra.bundle import Bundle, BundleTooLargeError, Interpreter, Workspace, build_all
from infra.bundle.limits import TOGETHER, UNPACKED, check, sizes_of

from .conftest import DEPLOYED

pytestmark = pytest.mark.network


def test_the_bundles_of_the_manifest_are_within_their_limits(workspace: Workspace, compiler: Interpreter) -> None:
    """Health is at most 10 MB zipped and all together at most 20 MB; a line tells of each."""
    said: list[str] = []
    bundles = build_all((*FUNCTIONS, PROVISION), workspace=workspace, interpreter=compiler, say=said.append)
    assert list(bundles) == [function.name for function in DEPLOYED]
    assert bundles["health"].zipped_bytes <= 10_000_000
    assert sum(bundle.zipped_bytes for bundle in bundles.values()) <= 20_000_000
    assert [line.partition(":")[0] for line in said] == [f"bundle {name}" for name in bundles]


@pytest.mark.parametrize(
    ("name", "zip_size", "size", "limit"),
    [
        ("health", 10_000_001, 1, 10_000_000),
        ("provision", 20_000_001, 1, TOGETHER),
        ("provision", 1, UNPACKED + 1, UNPACKED),
    ],
)
def test_one_that_is_too_large_is_named(floor: Bundle, name: str, zip_size: int, size: int, limit: int) -> None:
    """The error has the bundle, its size and what takes most of it; at the limit there is none."""
    large = replace(floor, name=name, zipped_bytes=zip_size, unpacked_bytes=size)
    with pytest.raises(BundleTooLargeError, match=rf"bundle of {name} .*psycopg_binary \d") as caught:
        check({name: large})
    assert (caught.value.limit, caught.value.size) == (limit, limit + 1)
    assert "\n" not in str(caught.value)
    check({name: replace(large, zipped_bytes=min(zip_size, limit), unpacked_bytes=min(size, limit))})


def test_all_together_may_be_too_large(floor: Bundle) -> None:
    """Each within its own limit, they can be too much for the stage: the error names them all."""
    bundles = {name: replace(floor, name=name, zipped_bytes=7_000_000) for name in ("one", "two", "three")}
    with pytest.raises(BundleTooLargeError, match="one and two and three"):
        check(bundles)
    check({name: bundles[name] for name in ("one", "two")})


def test_sizes_are_told_by_distribution(floor: Bundle) -> None:
    """A distribution's own libraries and metadata count as its."""
    sizes: Counter[str] = sizes_of(floor.path, "unpacked")
    assert {"alone", "psycopg", "psycopg_binary", "__pycache__"} <= set(sizes)
    assert not [name for name in sizes if "dist-info" in name or ".libs" in name]
    assert sizes.total() == floor.unpacked_bytes
    assert sizes_of(floor.path, "zipped").total() <= floor.zipped_bytes
