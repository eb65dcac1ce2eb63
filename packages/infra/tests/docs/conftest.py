"""The three stages as the pages tell of them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.assemblies import STAGES, Stacks
from templates.made import TemplatesOf
from templates.variants import ROOT


@pytest.fixture
def stages(templates_of: TemplatesOf) -> Mapping[str, Stacks]:
    """Return the templates of dev, staging and production, to be read or changed."""
    texts = {stage: templates_of(stage).written.texts for stage in STAGES}
    return {
        stage: Stacks(json.loads(given["foundation"]), json.loads(given["application"]))
        for stage, given in texts.items()
    }


@pytest.fixture
def pages() -> Path:
    """Return the folder of the pages."""
    return ROOT / "docs"
