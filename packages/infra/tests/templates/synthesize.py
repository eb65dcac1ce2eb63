"""A program that synthesizes stages for the tests, through the app that `synth` and `deploy` go through.

`python synthesize.py OUT NAME...` writes each of the variants and changes named to `OUT/<name>`. With `--without
FUNCTION` a function is left out of the manifest; with `--code TEXT` the bundles have other content. With `--nag`
cdk-nag looks at each, heeding what the constructs acknowledge or ignoring it: what it finds is in
`OUT/<name>/validation-report.json`. It is a process of its own, so that of the tests' processes none starts a CDK.
"""

import argparse
import hashlib
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.cdk.node import use_for_jsii

if TYPE_CHECKING:
    from aws_cdk import Acknowledgment, Validations

    from infra.bundle import Bundle

# Both before aws_cdk is imported, by whomever.
use_for_jsii()
sys.path.insert(0, str(Path(__file__).parent.parent))


def main(arguments: list[str]) -> None:
    """Write what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--without")
    parser.add_argument("--code", default="")
    parser.add_argument("--nag", choices=["heeding", "ignoring"])
    given = parser.parse_args(arguments)
    if given.without:
        _leave_out(given.without)
    _write(given.out, given.names, code=given.code, nag=given.nag)


def _leave_out(name: str) -> None:
    from functions import manifest  # noqa: PLC0415  # before infra reads it

    left = tuple(function for function in manifest.FUNCTIONS if function.name != name)
    if len(left) == len(manifest.FUNCTIONS):
        raise ValueError(f"the manifest has no function {name}")
    manifest.FUNCTIONS = left


def _write(out: Path, names: list[str], *, code: str, nag: str | None) -> None:
    from aws_cdk import Validations  # noqa: PLC0415  # takes two seconds, and the two things above
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415

    from functions.manifest import FUNCTIONS, PROVISION  # noqa: PLC0415
    from infra.app import build  # noqa: PLC0415
    from templates.variants import changes, variants  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    bundles = {function.name: _bundle(out, function.name, code) for function in (*FUNCTIONS, PROVISION)}
    known = {**variants(), **changes()}
    if nag == "ignoring":
        Validations.acknowledge = _nothing
    for name in names:
        app = build(known[name], bundles=bundles, out=out / name)
        if nag:
            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        try:
            app.synth()
        except RuntimeError as error:
            # What the CDK raises for findings, once their report is written: the tests read that.
            if not nag or "ValidationFailed" not in str(error):
                raise


def _nothing(self: "Validations", *rules: "Acknowledgment") -> None:  # the CDK's signature
    """Acknowledge nothing."""


def _bundle(out: Path, name: str, code: str) -> "Bundle":
    """Return a bundle of one small file: a template holds its hash, and not what is in it."""
    from infra.bundle import Bundle  # noqa: PLC0415

    path = out / f"{name}.zip"
    text = f"# stands for the bundle of {name}\n{code}"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("handler.py"), text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Bundle(name, path, digest, path.stat().st_size, len(text))


if __name__ == "__main__":
    main(sys.argv[1:])
