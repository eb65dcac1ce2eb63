"""The stages that are synthesized for the tests.

The three as their committed env files have them, a personal one that falls back to dev's, each switch by itself, all of
them at once, and each value of that changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.settings import StageSettings, env_file_of, load
from infra.shapes import Shape
from infra.stage import StageConfig

# Keys of nobody: RSA public keys of 2048 bits, made for these tests.
PUBLIC_KEY: Final = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvdm+Q613NnwoN4zFsEQH
hJ99xz4i1qss/wsSBlJQDJJbRB/MWmq9e8jOhqjcWWa8nuKqxayJHsqbB92/v66I
LDLjk5u36IoI7mbKHg011nq5BtBILGVAjFQiNjdeUDUIO/zC18vtcJQKSHf1nPFq
cbBU71d9pzBeiqPlpDTQ7ZRzdqissgVGnWXC5+UWkjEwHs/xMz9iDJltg5Tb7T9R
BwFghOTdxvDktN7ddThSHH9HT5S8Cv3KCtOZ0DsP48XLcicopgTzRSK4EsnZbBYU
PLkE82Bwj4cRJrllHyOcFxkwv3q19ysteidYe25X6Avh4cDppOL1WcD/gYq2sZqB
wwIDAQAB
-----END PUBLIC KEY-----
"""
OTHER_PUBLIC_KEY: Final = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkN6E+opxd6bmddrVqiF5
L82kcteXz6hWrwLxPumY2dvtT9iM5C/1j/xsXbgRs65nfQepnuiZJs19EcqkaweH
TtWnx9ARpPIair93GiJYwY7L4wH8IV3gDpZYHwOx3/sbqp5+VD6cfuD1WjzvLito
etNSXKnE65LLezFB34JmuTSt7uiqiT5tzxl69ivJKNcHbkyS70w6yKWBUwNUcPrY
la6YuPTUQ2m6ZlW0QdwBi6wV2HP+2qpfqcQ4Ifs0nlK0UskgZ1Cgn1ODmrxyUE35
yyfMQZW6T3Ps/OLkJoKi3JnGsRyO9Cpoddoj5Ypj+WtcFg4JRZwxMzIzGC6wnZ6F
WwIDAQAB
-----END PUBLIC KEY-----
"""

ROOT: Final = Path(__file__).parents[4]
"""The checkout, with the env files of the stages."""
REGION: Final = "us-east-1"
"""The region of the stages that were made up for a switch; the others have that of their env files."""
STAGES: Final = ("dev", "staging", "production")
PERSONAL: Final = "ada-lovelace1815"
"""A personal stage, whose name is as long as one may be: 16 characters."""

_COMMITTED: Final[Mapping[str, str]] = {**{stage: stage for stage in STAGES}, "personal": PERSONAL}
"""By variant: the stage whose env file is read; a personal stage has none here, and falls back to dev's."""
_MADE_UP: Final[Mapping[str, Mapping[str, object]]] = {
    "bastion": {"stage": "dev", "bastion": True},
    "cdn": {"stage": "dev", "cdn": True, "cdn_public_key": PUBLIC_KEY},
    "existing-bucket": {"stage": "dev", "existing_bucket": "our-files-from-before"},
    "everything": {
        "stage": "production",
        "origins": ("https://app.example.com", "https://www.example.com"),
        "alarm_email": "on-call@example.com",
        "account": "222233334444",
        "bastion": True,
        "cdn": True,
        "cdn_public_key": PUBLIC_KEY,
        "availability_zones": ("us-east-1c", "us-east-1d"),
    },
}
VARIANTS: Final = (*_COMMITTED, *_MADE_UP)
"""The names of the stages that every check runs on."""


@cache
def variants() -> Mapping[str, StageConfig]:
    """Return the stages that every check runs on, by the names of `VARIANTS`."""
    settings = {
        **{name: _committed(stage) for name, stage in _COMMITTED.items()},
        **{name: StageSettings.model_validate({"region": REGION, **given}) for name, given in _MADE_UP.items()},
    }
    return {name: StageConfig.of(each) for name, each in settings.items()}


def _committed(stage: str) -> StageSettings:
    """Return the settings of a stage as a clone has them, whatever the environment of whoever runs the tests."""
    return load(stage, purpose="synth", environ={}, env_file=env_file_of(ROOT, stage))


_OTHER: Final[Mapping[str, Any]] = {
    "origins": ("https://other.example.com",),
    "alarm_email": "others@example.com",
    "bastion": False,
    "cdn": False,
    "cdn_public_key": OTHER_PUBLIC_KEY,
    "bucket_name": "our-other-files",
    "zones": ("us-east-1a", "us-east-1b"),
    "nat_gateways": 1,
    "database_class": "db.r6g.xlarge",
    "database_multi_az": False,
    "database_storage": 200,
    "database_storage_most": 2000,
    "redis_class": "cache.r7g.xlarge",
    "redis_clustered": False,
    "redis_shards": 3,
    "redis_replicas": 2,
    "redis_snapshots": 14,
    "opensearch_class": "r6g.xlarge.search",
    "opensearch_nodes": 4,
    "opensearch_masters": 0,
    "opensearch_master_class": "r6g.large.search",
    "opensearch_storage": 200,
    "bucket_versioned": False,
    "log_retention": 30,
    "api_rate": 500,
    "api_burst": 1000,
    "protected": False,
}
"""Another valid value of each field of `StageConfig` and `Shape`, other than what the variant `everything` has."""

IDENTITY: Final[Mapping[str, str]] = {
    "name": "another name is another stage",
    "sizing": "follows from the name; the values that it chooses are changed one by one",
    "shape": "its values are changed one by one",
    "account": "another account has stacks of its own",
    "region": "another region has stacks of its own",
    "bucket_exists": "no bucket is made then: it is another name too, which is changed by itself",
}
"""The fields of `StageConfig` that are not changed in a stage that is there, and why."""


@cache
def changes() -> Mapping[str, StageConfig]:
    """Return the variant `everything` with one value changed, by the value's name; every field has its row."""
    return dict(_changes(variants()["everything"]))


def _changes(config: StageConfig) -> Iterator[tuple[str, StageConfig]]:
    for field in fields(StageConfig):
        if field.name not in IDENTITY:
            yield (
                f"stage.{field.name}",
                replace(config, **{field.name: _other(field.name, getattr(config, field.name))}),
            )
    for field in fields(Shape):
        value = _other(field.name, getattr(config.shape, field.name))
        changed = {field.name: value} | _with(field.name)
        yield f"shape.{field.name}", replace(config, shape=replace(config.shape, **changed))


def _with(name: str) -> dict[str, Any]:
    # Cluster mode off has one node group; more would be no valid value.
    return {"redis_shards": 1} if name == "redis_clustered" else {}


def _other(name: str, value: object) -> Any:  # noqa: ANN401  # a field's type is its own
    other = _OTHER[name]
    if other == value:
        raise ValueError(f"the other value of {name} is the one it has: {value}")
    return other
