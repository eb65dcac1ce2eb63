"""The same input gives the same templates, to the byte; other code gives others."""

import pytest

from templates.made import Synthesize, TemplatesOf
from templates.model import PARTS, read
from templates.variants import variants

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["dev", "everything"])
def test_the_same_input_gives_the_same_templates(name: str, synthesize: Synthesize, templates_of: TemplatesOf) -> None:
    """Another process, with another order of hashes, in another folder and without cdk-nag, writes the same bytes."""
    folder = synthesize("again", ("dev", "everything"), hash_seed=1)
    again = read(folder / name, variants()[name])
    assert again.texts == templates_of(name).written.texts


def test_other_code_runs_provisioning_again(templates_of: TemplatesOf) -> None:
    """A bundle of other content changes its function and the custom resource, and nothing of the foundation."""
    first, other = templates_of("dev").written, templates_of("dev-other-code").written
    assert other.texts["foundation"] == first.texts["foundation"]
    resources = {part: first.bodies[part]["Resources"] for part in PARTS}
    changed = {
        body["Type"]
        for id_, body in other.bodies["application"]["Resources"].items()
        if body != resources["application"].get(id_)
    }
    assert {"AWS::Lambda::Function", "Custom::Provision"} <= changed
