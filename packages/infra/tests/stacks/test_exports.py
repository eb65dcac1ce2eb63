"""What the foundation gives the application."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import cast

import pytest

from infra.stacks.exports import Exports
from templates.model import Json, Templates

pytestmark = pytest.mark.slow


def imported(value: Json) -> Iterator[str]:
    """Yield the names that a part of a template imports."""
    match value:
        case {"Fn::ImportValue": str(name)}:
            yield name
        case dict():
            for each in cast("Mapping[str, Json]", value).values():
                yield from imported(each)
        case list():
            for each in cast("Sequence[Json]", value):
                yield from imported(each)
        case _:
            pass


def test_every_value_is_exported_used_or_not(variant: Templates) -> None:
    """The set is the same whatever the application uses; it has one export a value, and one for each subnet."""
    exports = variant.foundation.exports
    assert len(exports) == len(fields(Exports)) + 1
    assert all(re.fullmatch(rf"mocstack-{variant.config.name}-[a-z0-9-]+", name) for name in exports)
    assert all(isinstance(value, str) and value for value in exports.values())


def test_the_sets_of_stages_are_alike(variant: Templates) -> None:
    """No size and no switch changes what is exported: it could not be taken back while it is in use."""
    names = {name.removeprefix(variant.config.named("")) for name in variant.foundation.exports}
    assert names == {
        "alarm-topic-arn",
        "bucket-arn",
        "bucket-name",
        "functions-group",
        "opensearch-arn",
        "opensearch-host",
        "private-subnet-1",
        "private-subnet-2",
        "provision-role-arn",
        "proxy-host",
        "proxy-id",
        "proxy-name",
        "redis-arn",
        "redis-host",
        "redis-user-arn",
        "vpc-id",
    }


def test_the_application_imports_what_is_exported_by_name(variant: Templates) -> None:
    """Nothing else crosses over, such as an export that the CDK makes of a use and drops with it."""
    used = set(imported(variant.written.bodies["application"]))
    assert used
    assert used <= set(variant.foundation.exports)
    assert "ExportsOutput" not in json.dumps(dict(variant.written.bodies["foundation"]["Outputs"]))


def test_the_ids_are_of_their_form(variant: Templates) -> None:
    """What permissions are made of: the proxy's resource id, not its name, and ARNs of the things themselves."""
    named = {name.removeprefix(variant.config.named("")): value for name, value in variant.foundation.exports.items()}
    assert re.fullmatch(r"prx-[0-9a-f]+", named["proxy-id"])
    assert named["redis-arn"].endswith(f":replicationgroup:mocstack-{variant.config.name}")
    assert named["proxy-name"] == variant.only("AWS::RDS::DBProxy").ref
