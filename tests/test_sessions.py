"""The sessions: described, thin, and clear when they are called wrongly."""

import ast
import re
import subprocess
import sys

import pytest

from clone import ROOT, Clone

NOXFILE = ROOT / "noxfile.py"
SESSIONS = {
    *("dev", "invoke", "reset", "stop", "shell", "test", "unit", "lint", "fmt", "typecheck", "check", "bench", "docs"),
    *("generate", "migrate", "push", "history", "downgrade", "seed", "studio"),
    *("synth", "diff", "deploy", "remove", "bootstrap", "logs", "watch", "tunnel"),
}


def sessions() -> dict[str, ast.FunctionDef]:
    """Return the sessions in the noxfile."""
    functions = [node for node in ast.parse(NOXFILE.read_text()).body if isinstance(node, ast.FunctionDef)]
    return {function.name: function for function in functions if function.decorator_list}


def test_the_sessions_are_those_that_are_promised() -> None:
    """`nox -l` lists each, with one line that says what it does."""
    listed = subprocess.run([sys.executable, "-m", "nox", "-l"], cwd=ROOT, capture_output=True, text=True, check=True)
    described = dict(re.findall(r"^[-*] (\S+) -> (.+)$", listed.stdout, re.MULTILINE))
    assert set(described) == SESSIONS
    assert all(line.endswith(".") and len(line) <= 110 for line in described.values())


@pytest.mark.parametrize("name", sorted(SESSIONS))
def test_a_session_is_a_call_of_a_program(name: str) -> None:
    """Nothing of substance lives in the noxfile."""
    assert len(sessions()[name].body) <= 6


@pytest.mark.parametrize(
    "name", ["synth", "diff", "deploy", "remove", "bootstrap", "logs", "watch", "tunnel", "migrate", "dev", "reset"]
)
def test_the_closing_line_is_true_of_every_failure(name: str) -> None:
    """A command may be refused before it begins; what it leaves half done it says by itself."""
    calls = [node for node in ast.walk(sessions()[name]) if isinstance(node, ast.Call)]
    assert not [keyword.arg for call in calls for keyword in call.keywords if keyword.arg == "advice"]


@pytest.mark.network
@pytest.mark.timeout(900)  # a clone is installed
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("shell",), "usage: nox -s shell -- "),
        (("shell", "--", "nowhere", "true"), "nowhere"),
        (("invoke",), "usage: nox -s invoke -- "),
        (("invoke", "--", "no-such-function"), "no-such-function"),
        (("dev", "--", "--sideways"), "usage: nox -s dev -- "),
        (("dev", "--", "--log", "no-such-function"), "no-such-function"),
        (("reset", "--", "everything"), "usage: nox -s reset"),
        (("generate",), "usage: nox -s generate -- "),
        (("generate", "--", " "), "say in a few words"),
        (("migrate", "--", "Production!"), "Production!"),
        (("push", "--", "staging"), "staging"),
        (("seed", "--", "-3"), "usage: nox -s seed -- "),
        (("downgrade",), "usage: nox -s downgrade -- "),
        (("studio", "--", "--port", "0"), "usage: nox -s studio -- "),
        (("synth",), "usage: nox -s synth -- "),
        (("synth", "--", "local"), "is the stage on a laptop"),
        (("diff",), "usage: nox -s diff -- "),
        (("deploy",), "usage: nox -s deploy -- "),
        (("deploy", "--", "Production!"), "Production!"),
        (("remove",), "usage: nox -s remove -- "),
        (("bootstrap", "--", "dev", "staging"), "usage: nox -s bootstrap -- "),
        (("logs",), "usage: nox -s logs -- "),
        (("watch",), "usage: nox -s watch -- "),
        (("tunnel",), "usage: nox -s tunnel -- "),
    ],
)
def test_bad_arguments_give_a_usage_line(clone: Clone, words: tuple[str, ...], says: str) -> None:
    """What is wrong is said in a line or two, never by a traceback, and the exit code tells."""
    ran = clone.session(*words)
    assert ran.returncode != 0
    assert says in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
