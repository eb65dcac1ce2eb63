"""What a preflight looks for is what the templates ask for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.preflight.bootstrap import LEAST_VERSION
from infra.preflight.reused import COLD_DAYS
from infra.versions import OPENSEARCH, POSTGRES, REDIS

pytestmark = pytest.mark.slow

ASK = """
import json, sys
from pathlib import Path
from infra.cdk import use_for_jsii
use_for_jsii()
import aws_cdk
from infra.bucket import rules
from infra.database import instance
from infra.opensearch import opensearch
from infra.redis import redis
app = aws_cdk.App(outdir=sys.argv[1])
aws_cdk.CfnOutput(aws_cdk.Stack(app, "Any"), "Out", value="x")
app.synth()
artifacts = json.loads(Path(sys.argv[1], "manifest.json").read_text())["artifacts"].values()
asked = [artifact.get("properties", {}).get("requiresBootstrapStackVersion", 0) for artifact in artifacts]
print(json.dumps({
    "postgres": instance.ENGINE_VERSION,
    "redis": redis.ENGINE_VERSION,
    "opensearch": opensearch.ENGINE_VERSION,
    "cold": rules.COLD_AFTER,
    "bootstrap": max(asked),
}))
"""


def test_the_templates_ask_for_what_is_looked_for(tmp_path: Path) -> None:
    """Versions of engines, the lifecycle of files, and the CDK's bootstrap."""
    command = [sys.executable, "-c", ASK, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "postgres": POSTGRES,
        "redis": REDIS,
        "opensearch": f"OpenSearch_{OPENSEARCH}",
        "cold": COLD_DAYS,
        "bootstrap": LEAST_VERSION,
    }
