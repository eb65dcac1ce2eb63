"""checkov's checks of CloudFormation, from an environment of its own: it pins another boto3 than the lock has."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypedDict

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.network, pytest.mark.timeout(600)]

VERSION: Final = "3.3.30"

LOOKED_AT: Final = ("dev", "production", "everything", "made-production")
"""The releases that checkov looks at: those that between them have every resource and every value of one."""

EXCUSED: Final[Mapping[tuple[str, str], str]] = {
    ("CKV_AWS_18", "BucketAccessLogs"): "it holds the access log: a log of its deliveries would grow by itself",
    ("CKV_AWS_18", "BucketFiles"): "in dev alone: S3 delivers logs for hours, and a log bucket could not be removed",
    ("CKV_AWS_21", "BucketAccessLogs"): "logs are written once, and expire",
    ("CKV_AWS_21", "BucketFiles"): "off in dev, as was asked for (1.6.2)",
    ("CKV_AWS_26", "AlarmTopic"): "CloudWatch may not use AWS's own key for SNS: alarms would get lost",
    ("CKV_AWS_68", "BucketCdn"): "no path is public: CloudFront refuses what is not signed for",
    ("CKV_AWS_86", "BucketCdn"): "its logs need a bucket with access control lists; S3's own log has each fetch",
    ("CKV_AWS_88", "Bastion"): "Session Manager is called, it does not call: nothing is let in",
    ("CKV_AWS_111", ""): "network interfaces and session channels have no ARN before they are made",
    ("CKV_AWS_115", ""): "a new account has no concurrency to reserve; the API's throttling is what bounds functions",
    ("CKV_AWS_116", ""): "functions are called by the API and by CloudFormation, which are answered",
    ("CKV_AWS_117", "ProvisioningFramework"): "it calls Lambda and CloudFormation alone",
    ("CKV_AWS_157", "Database"): "a stage that nobody's users see does without a standby",
    ("CKV_AWS_158", ""): "CloudWatch Logs encrypts by itself; a key of ours would hide nothing from who may read",
    ("CKV_AWS_173", ""): "links hold no secret: Lambda's own encryption does",
    ("CKV_AWS_174", "BucketCdn"): "CloudFront sets TLSv1 for host names of its own; a domain would be another matter",
    ("CKV_AWS_317", "OpenSearch"): "an audit log has the requests' bodies; only functions sign in, each by its role",
}
"""By check and the beginning of a resource's logical id: why it is as it is."""


class Failed(TypedDict):
    """What a check of checkov has found."""

    check_id: str
    check_name: str
    resource: str


@pytest.fixture(scope="module")
def checkov(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return checkov's program, installed for the run; uv has it in its cache after the first."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the PATH")
    folder = tmp_path_factory.mktemp("checkov") / "environment"
    subprocess.run((uv, "venv", "--quiet", "--no-project", "--python", sys.executable, folder), check=True)
    interpreter = str(folder / "bin" / "python")
    install = (uv, "pip", "install", "--quiet", "--python", interpreter, f"checkov=={VERSION}")
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "bin" / "checkov"


def failed(checkov: Path, assemblies: Path) -> list[Failed]:
    """Return what checkov finds on the templates, in one run of it: its start takes longer than a template."""
    files = [
        f"--file={assemblies / name / part}.template.json"
        for name in LOOKED_AT
        for part in ("Foundation", "Application")
    ]
    command = (str(checkov), "--framework=cloudformation", "--skip-download", "--output=json", *files)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    results = json.loads(done.stdout)
    assert results["summary"]["parsing_errors"] == 0
    assert results["summary"]["passed"] > 100 * len(LOOKED_AT)
    return results["results"]["failed_checks"]


def excuse(finding: Failed) -> tuple[str, str] | None:
    """Return the row of the table that a finding is excused by."""
    id_ = finding["resource"].rsplit(".", 1)[1]
    return next((row for row in EXCUSED if row[0] == finding["check_id"] and id_.startswith(row[1])), None)


def test_checkov_finds_nothing_unexplained(checkov: Path, assemblies: Path) -> None:
    """What checkov finds is in the table, and the table has nothing that it does not find."""
    found = failed(checkov, assemblies)
    unexplained = {f"{each['check_id']} {each['check_name']}: {each['resource']}" for each in found if not excuse(each)}
    assert unexplained == set()
    assert set(EXCUSED) - {excuse(each) for each in found} == set()
