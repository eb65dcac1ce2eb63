"""Every artifact that the local stage fetches: the one table of coordinates and checksums.

The checksums were computed from the files that jgo's default repository gave on 2026-11-22.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .platforms import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file in a Maven repository.

    Attributes:
        group: its groupId.
        name: its artifactId.
        version: its version.
        packaging: its type, which is also how its file name ends.
        sha256: the checksum of the file, in hexadecimal.
    """

    group: str
    name: str
    version: str
    packaging: str = "jar"
    sha256: str

    @property
    def coordinates(self) -> str:
        """The artifact as Maven writes it."""
        return f"{self.group}:{self.name}:{self.packaging}:{self.version}"


def _postgres(platform: Platform, sha256: str) -> Artifact:
    return Artifact(
        group="io.zonky.test.postgres",
        name=f"embedded-postgres-binaries-{platform}",
        version="15.15.0",
        sha256=sha256,
    )


POSTGRES: Mapping[Platform, Artifact] = {
    "linux-amd64": _postgres("linux-amd64", "7c73da91870b0615b37a8ceb84871bd42f28c3600f87a97ca9747f4a0b8d2dbb"),
    "linux-arm64v8": _postgres("linux-arm64v8", "623ee4c35cfdccd585d4473ff9b51942d465a7f8280687e6b960f56066f58909"),
    "darwin-amd64": _postgres("darwin-amd64", "e025db76c3b9a02cb70af0fe596079035e9a559c15f98280462e9f5ebb05069e"),
    "darwin-arm64v8": _postgres("darwin-arm64v8", "c9611126d7b87e86423ec147b65da41a12c4e247097264496fc4af6fba8a828b"),
}
"""PostgreSQL 15.15: a jar that holds a txz with initdb, pg_ctl, postgres, TLS and the contrib modules."""

REDIS = Artifact(
    group="org.signal",
    name="embedded-redis",
    version="0.9.1",
    sha256="c01fe66ecf3b9d3161958e9a0e721aaf74ce98a909faca103fc8d09ff7617827",
)
"""Redis 7.0.15: a jar that holds redis-server for every platform."""

REDIS_SERVERS: Mapping[Platform, str] = {
    "linux-amd64": "redis-server-7.0.15-linux-amd64",
    "linux-arm64v8": "redis-server-7.0.15-linux-arm64",
    "darwin-amd64": "redis-server-7.0.15-darwin-amd64",
    "darwin-arm64v8": "redis-server-7.0.15-darwin-arm64",
}
"""The name of the server for each platform inside of that jar."""

OPENSEARCH = Artifact(
    group="org.opensearch.distribution.integ-test-zip",
    name="opensearch",
    version="2.19.4",
    packaging="zip",
    sha256="3902e642715210d1d9d7cbdcc8f5abd6f931d1d7a679cea3750937becf16c406",
)
"""OpenSearch 2.19.4: the distribution with the transport module only."""

OPENSEARCH_SECURITY = Artifact(
    group="org.opensearch.plugin",
    name="opensearch-security",
    version="2.19.4.0",
    packaging="zip",
    sha256="1f673622c462c4171a8c53f9b1ad20e5b839834cb79b0d3b388da180a0e514e8",
)
"""Its security plugin: fine-grained access control."""
