"""The programs of the engines: genuine release builds, fetched once by Maven coordinates into a cache per user."""

from .cache import Cache
from .download import DownloadProgress
from .errors import (
    ArtifactError,
    CacheError,
    CorruptDownloadError,
    DiskFullError,
    DownloadError,
    UnsupportedPlatformError,
)
from .java import java
from .platforms import PLATFORMS, Platform, platform_of, this_platform
from .programs import opensearch, postgres, redis, secured_opensearch
from .table import OPENSEARCH, OPENSEARCH_SECURITY

__all__ = [
    "OPENSEARCH",
    "OPENSEARCH_SECURITY",
    "PLATFORMS",
    "ArtifactError",
    "Cache",
    "CacheError",
    "CorruptDownloadError",
    "DiskFullError",
    "DownloadError",
    "DownloadProgress",
    "Platform",
    "UnsupportedPlatformError",
    "java",
    "opensearch",
    "platform_of",
    "postgres",
    "redis",
    "secured_opensearch",
    "this_platform",
]
