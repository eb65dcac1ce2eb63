"""The CDK's feature flags: each does what it is set for."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from templates.made import environ
from templates.model import Templates

pytestmark = pytest.mark.slow

_PROGRAM: Final = Path(__file__).parent / "flags.py"
AS_IT_COMES: Final = {"@aws-cdk/core:defaultCrossStackReferences"}
"""What the CDK does without the flag too, as long as it does: the flags that `cdk init` recommends say otherwise."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[bool, bool]]:
    """Return, by flag, whether what it is for holds with it and without it."""
    folder = tmp_path_factory.mktemp("flags")
    command = (sys.executable, str(_PROGRAM), str(folder))
    done = subprocess.run(command, env=environ(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {
        flag: (with_, without) for flag, (with_, without) in json.loads((folder / "flags.json").read_text()).items()
    }


def test_every_flag_does_what_it_is_set_for(told: Mapping[str, tuple[bool, bool]]) -> None:
    """With the app's flags each reason holds; without the flag it does not, or the flag could go."""
    assert {flag: with_ for flag, (with_, _) in told.items()} == dict.fromkeys(told, True)
    assert {flag for flag, (_, without) in told.items() if without} == AS_IT_COMES


def test_the_templates_show_the_flags(variant: Templates) -> None:
    """The ARNs of permissions name their partition, and no bucket has an access control list."""
    assert "AWS::Partition" not in variant.written.texts["application"]
    assert not [str(bucket) for bucket in variant.of("AWS::S3::Bucket") if "AccessControl" in bucket.properties]
