"""A program that synthesizes stages for the tests, through the app that `synth` and `deploy` go through.

`python synthesize.py OUT NAME...` writes each of the releases named (`releases.py`) to `OUT/<name>`. With `--nag`
cdk-nag looks at each, heeding what the constructs acknowledge or ignoring it: what it finds is in
`OUT/<name>/validation-report.json`. Why those of `REFUSED` are refused is in `OUT/<name>.txt`. It is a process of its
own, so that of the tests' processes none starts a CDK.
"""

import argparse
import hashlib
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from infra.cdk.node import use_for_jsii

# Both before aws_cdk is imported, by whomever.
use_for_jsii()
sys.path.insert(0, str(Path(__file__).parent.parent))

from aws_cdk import Acknowledgment, App, Validations  # noqa: E402
from cdk_nag import AwsSolutionsChecks  # noqa: E402

from functions.manifest import PROVISION  # noqa: E402
from infra.app import build  # noqa: E402
from infra.bundle import Bundle  # noqa: E402
from infra.errors import InfraError  # noqa: E402
from templates.releases import REFUSED, Release, content_of, releases  # noqa: E402


def main(arguments: list[str]) -> None:
    """Write what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--nag", choices=["heeding", "ignoring"])
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    if given.nag == "ignoring":
        Validations.acknowledge = _nothing
    for name in given.names:
        if name in REFUSED:
            (given.out / f"{name}.txt").write_text(_refusal(given.out, name))
        else:
            _write(_app(given.out, name), nag=bool(given.nag))


def _app(out: Path, name: str) -> App:
    release = releases()[name]
    return build(release.config, bundles=_bundles(out, release), out=out / name, manifest=release.manifest)


def _refusal(out: Path, name: str) -> str:
    try:
        _app(out, name)
    except InfraError as error:
        return str(error)
    raise ValueError(f"{name} was not refused")


def _write(app: App, *, nag: bool) -> None:
    if nag:
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError as error:
        # What the CDK raises for findings, once their report is written: the tests read that.
        if not nag or "ValidationFailed" not in str(error):
            raise


def _nothing(self: Validations, *rules: Acknowledgment) -> None:  # the CDK's signature
    """Acknowledge nothing."""


def _bundles(out: Path, release: Release) -> Mapping[str, Bundle]:
    functions = (*release.manifest, PROVISION)
    return {each.name: _bundle(out, each.name, changed=each.name == release.changed) for each in functions}


def _bundle(out: Path, name: str, *, changed: bool) -> Bundle:
    """Return a bundle of one small file."""
    text = content_of(name, changed=changed)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = out / f"{name}-{digest[:12]}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("handler.py"), text)
    return Bundle(name, path, digest, path.stat().st_size, len(text))


if __name__ == "__main__":
    main(sys.argv[1:])
