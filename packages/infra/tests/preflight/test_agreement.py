"""What a preflight looks for is what the templates ask for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.preflight.bootstrap import LEAST_VERSION
from infra.preflight.reused import COLD_DAYS

pytestmark = pytest.mark.slow

ASK = """
import json, sys
from pathlib import Path
from infra.cdk import use_for_jsii
use_for_jsii()
import aws_cdk
from infra.bucket import rules
app = aws_cdk.App(outdir=sys.argv[1])
aws_cdk.CfnOutput(aws_cdk.Stack(app, "Any"), "Out", value="x")
app.synth()
artifacts = json.loads(Path(sys.argv[1], "manifest.json").read_text())["artifacts"].values()
asked = [artifact.get("properties", {}).get("requiresBootstrapStackVersion", 0) for artifact in artifacts]
print(json.dumps({
    "cold": rules.COLD_AFTER,
    "bootstrap": max(asked),
}))
"""


def test_the_templates_ask_for_what_is_looked_for(tmp_path: Path) -> None:
    """The lifecycle of files, and the CDK's bootstrap; versions of engines stand in one place."""
    command = [sys.executable, "-c", ASK, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "cold": COLD_DAYS,
        "bootstrap": LEAST_VERSION,
    }
