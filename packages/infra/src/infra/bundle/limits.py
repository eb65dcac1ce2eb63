"""How large bundles may be: a larger one is a slower cold start, and past Lambda's own limit no function at all."""

import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from functions.manifest import HEALTH

from .archive import Bundle
from .errors import BundleTooLargeError

ZIPPED: Mapping[str, int] = {HEALTH.name: 10_000_000}
"""Bytes that a function's bundle may have, zipped. The health function is what anyone measures first."""

TOGETHER = 20_000_000
"""Bytes that the bundles of a stage may have together, zipped."""

UNPACKED = 262_144_000
"""Bytes that a function may have, unpacked: 250 MB, "Lambda quotas" in its developer guide."""

_NAMED = 3
"""How many of the largest distributions an error names."""


def check(bundles: Mapping[str, Bundle]) -> None:
    """Make sure that the bundles of a stage are within their limits.

    Raises:
        BundleTooLargeError: one is not, or all together are not.
    """
    for bundle in bundles.values():
        _check(bundle.name, "unpacked", bundle.unpacked_bytes, UNPACKED, bundle)
        _check(bundle.name, "zipped", bundle.zipped_bytes, ZIPPED.get(bundle.name, TOGETHER), bundle)
    together = sum(bundle.zipped_bytes for bundle in bundles.values())
    _check(" and ".join(bundles), "zipped", together, TOGETHER, *bundles.values())


def _check(subject: str, how: Literal["zipped", "unpacked"], size: int, limit: int, *bundles: Bundle) -> None:
    if size > limit:
        sizes = sum((sizes_of(bundle.path, how) for bundle in bundles), Counter[str]())
        raise BundleTooLargeError(subject, how, size, limit, sizes.most_common(_NAMED))


def sizes_of(path: Path, how: Literal["zipped", "unpacked"]) -> Counter[str]:
    """Return the bytes that each distribution takes in a zip, by the name that it is imported by."""
    sizes = Counter[str]()
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            sizes[_distribution(entry.filename)] += entry.compress_size if how == "zipped" else entry.file_size
    return sizes


def _distribution(file: str) -> str:
    # A wheel's own libraries lie beside its package: psycopg_binary.libs.
    top = file.partition("/")[0]
    return re.sub(r"(-[^-]+\.dist-info|\.libs|\.pyc?)$", "", top)
