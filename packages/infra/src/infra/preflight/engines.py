"""Whether the region offers the engines in the versions that the templates name."""

from collections.abc import Iterator

from core.sdk import Clients
from infra.versions import OPENSEARCH, POSTGRES, REDIS

from .errors import Finding
from .subject import Subject


def check_engines(subject: Subject) -> Iterator[Finding]:
    """Find engines whose version AWS does not offer in the region, or no longer: it withdraws old ones.

    A stage that is deployed keeps its version, and AWS's upgrades with it: only a new one is checked.
    """
    if not subject.is_new:
        return
    clients = subject.clients
    for engine, version, offered in (
        ("PostgreSQL", POSTGRES, _postgres(clients)),
        ("Redis", REDIS, _redis(clients)),
        ("OpenSearch", OPENSEARCH, _opensearch(clients)),
    ):
        if version not in offered:
            major = version.partition(".")[0]
            others = sorted((one for one in offered if one.partition(".")[0] == major), key=_number)
            yield Finding(
                f"{engine} {version} is not offered in {subject.config.region}",
                f"choose one of {', '.join(others) or 'none'} in infra/versions.py",
            )


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


def _postgres(clients: Clients) -> set[str]:
    pages = clients.rds.get_paginator("describe_db_engine_versions").paginate(Engine="postgres")
    return {one.get("EngineVersion", "") for page in pages for one in page["DBEngineVersions"]}


def _redis(clients: Clients) -> set[str]:
    """Return versions as templates name them: 7.1, where the answer may say 7.1.0."""
    pages = clients.elasticache.get_paginator("describe_cache_engine_versions").paginate(Engine="redis")
    found = (one.get("EngineVersion", "") for page in pages for one in page["CacheEngineVersions"])
    return {".".join(version.split(".")[:2]) for version in found}


def _opensearch(clients: Clients) -> set[str]:
    """Return versions of OpenSearch, without those of Elasticsearch that the service has too."""
    answer = clients.opensearch.list_versions(MaxResults=100)
    names = list(answer["Versions"])
    while "NextToken" in answer:  # the SDK has no paginator for it
        answer = clients.opensearch.list_versions(MaxResults=100, NextToken=answer["NextToken"])
        names += answer["Versions"]
    return {name.removeprefix("OpenSearch_") for name in names if name.startswith("OpenSearch_")}
