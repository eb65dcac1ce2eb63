"""What a preflight looks for is what the templates ask for."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.preflight.bootstrap import LEAST_VERSION

pytestmark = pytest.mark.slow

ASK = """
import json, sys
from pathlib import Path
from infra.cdk import use_for_jsii
use_for_jsii()
import aws_cdk
app = aws_cdk.App(outdir=sys.argv[1])
aws_cdk.CfnOutput(aws_cdk.Stack(app, "Any"), "Out", value="x")
app.synth()
artifacts = json.loads(Path(sys.argv[1], "manifest.json").read_text())["artifacts"].values()
asked = [artifact.get("properties", {}).get("requiresBootstrapStackVersion", 0) for artifact in artifacts]
print(max(asked))
"""


def test_the_templates_ask_for_what_is_looked_for(tmp_path: Path) -> None:
    """The CDK's bootstrap; versions of engines and the lifecycle of files stand in one place each."""
    command = [sys.executable, "-c", ASK, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == LEAST_VERSION
