"""The region of a stage alone, for what asks a stage that is deployed."""

from pathlib import Path

import pytest

from core.settings import region_of


@pytest.mark.parametrize(
    ("environ", "text", "region"),
    [
        ({}, None, None),
        ({}, "MOCSTACK_CDN=true\n", None),
        ({}, "MOCSTACK_REGION=eu-north-1\nMOCSTACK_UNKNOWN=1\n", "eu-north-1"),
        ({"MOCSTACK_REGION": "eu-west-1"}, "MOCSTACK_REGION=eu-north-1\n", "eu-west-1"),
        ({"MOCSTACK_REGION": ""}, "MOCSTACK_REGION=eu-north-1\n", "eu-north-1"),
        ({"MOCSTACK_REGION": " eu-west-1 "}, None, "eu-west-1"),
    ],
)
def test_the_environment_wins_and_nothing_else_is_needed(
    environ: dict[str, str], text: str | None, region: str | None, tmp_path: Path
) -> None:
    """What else is missing or wrong is of no matter here; an empty variable counts as none."""
    file = tmp_path / "dev.env"
    if text is not None:
        file.write_text(text)
    assert region_of(environ=environ, env_file=file) == region
