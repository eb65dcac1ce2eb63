"""Writing the cloud assembly of a stage: its templates, with the bundles of its functions."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypedDict, cast

from functions.manifest import FUNCTIONS, PROVISION
from infra.bundle import Bundle, Workspace, build_all, find
from infra.cdk import use_for_jsii
from infra.stage import StageConfig

from .given import described
from .screen import Say

Write = Callable[[Path], object]
"""Writes a cloud assembly to a folder that is not there yet."""


class _Template(TypedDict):
    Resources: Mapping[str, object]


def build_bundles(root: Path, say: Say) -> Mapping[str, Bundle]:
    """Build the bundles of a stage's functions, and return them by the functions' names.

    Args:
        root: the checkout.
        say: takes a line for each.

    Raises:
        BundleError: a function can't be built.
    """
    return build_all((*FUNCTIONS, PROVISION), workspace=Workspace.of(root / "uv.lock"), interpreter=find(), say=say)


def assemble(config: StageConfig, bundles: Mapping[str, Bundle], root: Path, say: Say) -> Path:
    """Write the cloud assembly of a stage to `cdk.out/STAGE`, in place of an older one, and return that folder.

    Args:
        config: the stage.
        bundles: the bundles of its functions.
        root: the checkout.
        say: takes lines on what takes long, and on what was written.

    Raises:
        NodeNotFoundError: there is nothing to run the CDK on.
    """
    say(f"making the templates of {described(config.name)}")
    out = root / "cdk.out" / config.name
    put(lambda folder: _write(config, bundles, folder), out)
    for line in written(out):
        say(line)
    say(f"the cloud assembly of {config.name} is in {out.relative_to(root)}")
    return out


def put(write: Write, out: Path) -> None:
    """Have an assembly written, and put it in the place of an older one: whoever looks sees either, whole.

    For one process at a time: what an earlier one has left half-written is removed.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f".{out.name}.*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as temporary:
        written = Path(temporary, "new")
        write(written)
        with suppress(FileNotFoundError):
            out.rename(Path(temporary, "old"))
        written.rename(out)


def written(out: Path) -> Iterator[str]:
    """Yield a line for each template of an assembly."""
    for file in sorted(out.glob("*.template.json")):
        template = cast("_Template", json.loads(file.read_bytes()))  # every template has resources
        size = file.stat().st_size
        yield f"{file.name}: {len(template['Resources'])} resources, {size / 1000:.0f} kB"


def _write(config: StageConfig, bundles: Mapping[str, Bundle], folder: Path) -> None:
    use_for_jsii()
    from infra.app import write_assembly  # noqa: PLC0415  # loads the CDK's library, for seconds, on the Node just set

    write_assembly(config, bundles=bundles, out=folder)
