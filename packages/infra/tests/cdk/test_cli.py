"""Running the CDK's command line: with what, where, and how it ends. A small program stands in for it, on its Node."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.cdk import CdkFailedError, Cli

TELLS = """
const fs = require("fs");
fs.writeFileSync(process.env.TOLD, JSON.stringify({
  arguments: process.argv.slice(2), environ: process.env, folder: process.cwd(), input: fs.readFileSync(0, "utf8"),
}));
console.log("one"); console.error("two"); process.exit(Number(process.env.CODE || 0));
"""
STAYS = """
require("fs").writeFileSync(process.env.TOLD, String(process.pid));
setTimeout(() => {}, 600000);
"""
RUNS = """
import os, sys
from pathlib import Path
from infra.cdk import Cli
home, script = map(Path, sys.argv[1:])
try:
    Cli(script=script, home=home).run("deploy")
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the program writes."""
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    return tmp_path / "told"


def program(folder: Path, text: str) -> Path:
    """Write the program."""
    script = folder / "cdk.js"
    script.write_text(text)
    return script


def test_it_works_on_our_assembly_and_tells_nobody(tmp_path: Path, told: Path) -> None:
    """No telemetry, no notices, no look for updates; no settings but ours; nothing to answer it."""
    cli = Cli(script=program(tmp_path, TELLS), home=tmp_path / "home", assembly=tmp_path / "out")
    cli.run("deploy", "--all")
    saw = json.loads(told.read_text())
    assert saw["arguments"][:4] == ["deploy", "--all", "--app", str(tmp_path / "out")]
    assert {"--no-notices", "--no-version-reporting"} <= set(saw["arguments"])
    environ = saw["environ"]
    assert (environ["CDK_DISABLE_CLI_TELEMETRY"], environ["CDK_DISABLE_VERSION_CHECK"]) == ("1", "1")
    assert environ["CDK_HOME"] == saw["folder"] == str(tmp_path / "home")
    assert saw["input"] == ""


def test_it_is_run_without_an_assembly_where_it_needs_none(tmp_path: Path, told: Path) -> None:
    """As bootstrap is."""
    Cli(script=program(tmp_path, TELLS), home=tmp_path / "home").run("bootstrap", "aws://1/2")
    assert "--app" not in json.loads(told.read_text())["arguments"]


def test_that_it_fails_is_an_error(tmp_path: Path, told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command and the exit code are named; what it wrote is on the screen already."""
    monkeypatch.setenv("CODE", "3")
    cli = Cli(script=program(tmp_path, TELLS), home=tmp_path / "home")
    with pytest.raises(CdkFailedError, match=r"`cdk deploy` failed \(exit code 3\): the lines above say why"):
        cli.run("deploy")
    assert told.exists()


@pytest.mark.usefixtures("told")
def test_what_it_says_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of both streams is shown as it comes, and kept, with the exit code."""
    monkeypatch.setenv("CODE", "1")
    said: list[str] = []
    code, lines = Cli(script=program(tmp_path, TELLS), home=tmp_path / "home").told("diff", say=said.append)
    assert (code, sorted(lines), said) == (1, ["one", "two"], lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_does_not_outlive_us(number: signal.Signals, tmp_path: Path, told: Path) -> None:
    """Also where the signal comes to us alone, and not from a terminal to both."""
    code = RUNS if number == signal.SIGINT else f"import signal; signal.signal(15, lambda *_: sys.exit(9))\n{RUNS}"
    command = [sys.executable, "-c", f"import sys\n{code}", str(tmp_path / "home"), str(program(tmp_path, STAYS))]
    ours = subprocess.Popen(command, start_new_session=True, env=dict(os.environ))
    try:
        pid = int(wait_for(told))
        ours.send_signal(number)
        assert ours.wait(60) == (7 if number == signal.SIGINT else 9)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    finally:
        ours.kill()
        ours.wait()


def wait_for(file: Path) -> str:
    """Return what is written to a file, once it is."""
    until = time.monotonic() + 60
    while not (file.exists() and (text := file.read_text())):
        assert time.monotonic() < until
        time.sleep(0.02)
    return text
