"""The sessions of the workspace; `nox -l` lists them.

Each is a call of a program in a package, in the environment that uv keeps in `.venv`. They work from `uv run nox`
as from a nox on the PATH.
"""

import os
import shutil
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.options.default_venv_backend = "none"
nox.options.sessions = ["check"]

ROOT = Path(__file__).parent
TESTING = ("test", "lint", "typecheck", "bench", "docs")


def python(session: nox.Session, *groups: str, environ: dict[str, str] | None = None) -> str:
    """Bring the environment up to the lock and return its interpreter."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        session.error("uv is not on the PATH: `pip install uv`, or `pipx install uv`")
    chosen = [f"--group={group}" for group in groups]
    # `uv run` has just brought the default groups up to the lock, and shown it.
    quiet = ["--quiet"] if "UV" in os.environ and not groups else []
    session.run(uv, "sync", "--locked", "--inexact", *quiet, *chosen, external=True, env=environ, silent=bool(environ))
    folder = (environ or os.environ).get("UV_PROJECT_ENVIRONMENT", ".venv")
    return str(ROOT / folder / "bin" / "python")


def run(session: nox.Session, *command: str, advice: str = "the lines above say why") -> None:
    """Run a program until it ends by itself, however it is interrupted; say what to do if it fails.

    It may have failed before it did anything: what is left half done, it says by itself.
    """
    try:
        # Its stderr stays apart from its stdout, which may be what someone wants to have.
        session.run(*command, external=True, stderr=None, interrupt_timeout=None, terminate_timeout=None)
    except CommandFailed:
        session.error(advice)


@nox.session
def dev(session: nox.Session) -> None:
    """Start the local stage: engines, functions behind the gateway, reload on change (--once: until healthy)."""
    run(session, python(session), "-m", "local", "dev", *session.posargs)


@nox.session
def invoke(session: nox.Session) -> None:
    """Invoke a function on the local stage, with its log: -- FUNCTION [event.json] [--debug]."""
    run(session, python(session), "-m", "local", "invoke", *session.posargs)


@nox.session
def generate(session: nox.Session) -> None:
    """Write a revision that brings the migrations to the models: -- "message"."""
    run(session, python(session, "lint"), "-m", "local", "generate", *session.posargs)


@nox.session
def migrate(session: nox.Session) -> None:
    """Bring a stage's database to the newest revision: [-- STAGE], local by default."""
    run(session, python(session), "-m", "local", "migrate", *session.posargs)


@nox.session
def push(session: nox.Session) -> None:
    """Bring the local database to the models as they are, without a revision."""
    run(session, python(session), "-m", "local", "push", *session.posargs)


@nox.session
def history(session: nox.Session) -> None:
    """Show the revisions, and where the local database stands."""
    run(session, python(session), "-m", "local", "history", *session.posargs)


@nox.session
def downgrade(session: nox.Session) -> None:
    """Take the local database back to a revision: -- REVISION, -1 or base."""
    run(session, python(session), "-m", "local", "downgrade", *session.posargs)


@nox.session
def seed(session: nox.Session) -> None:
    """Fill the local database with sample data: [-- USERS]."""
    run(session, python(session), "-m", "local", "seed", *session.posargs)


@nox.session
def studio(session: nox.Session) -> None:
    """Look at the local database, and change rows, in a browser."""
    run(session, python(session), "-m", "local", "studio", *session.posargs)


@nox.session
def reset(session: nox.Session) -> None:
    """Throw the local stage's data away and start over: the schema at head, with sample data."""
    run(session, python(session), "-m", "local", "reset", *session.posargs)


@nox.session
def stop(session: nox.Session) -> None:
    """End what runs of the local stage."""
    run(session, python(session), "-m", "local", "stop", *session.posargs)


@nox.session
def shell(session: nox.Session) -> None:
    """Run a command with the links of a stage in its environment: -- local COMMAND."""
    run(
        session,
        *(python(session), "-m", "local", "shell", *session.posargs),
        advice="the command failed, or could not be begun",
    )


@nox.session
def synth(session: nox.Session) -> None:
    """Write the templates of a stage to cdk.out/STAGE, without AWS: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "synth", *session.posargs)


@nox.session
def diff(session: nox.Session) -> None:
    """Show what deploying a stage would change: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "diff", *session.posargs)


@nox.session
def deploy(session: nox.Session) -> None:
    """Deploy a stage, after checking all that could fail, and ask its /health: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "deploy", *session.posargs)


@nox.session
def remove(session: nox.Session) -> None:
    """Remove a stage from AWS, and say what is kept: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "remove", *session.posargs)


@nox.session
def bootstrap(session: nox.Session) -> None:
    """Prepare the AWS account and region of a stage, once for all stages in it: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "bootstrap", *session.posargs)


@nox.session
def logs(session: nox.Session) -> None:
    """Follow the logs of a deployed stage: -- STAGE [FUNCTION]."""
    run(session, python(session, "cloud"), "-m", "infra", "logs", *session.posargs)


@nox.session
def watch(session: nox.Session) -> None:
    """Bring changed code to the functions of a dev or personal stage as it is saved: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "watch", *session.posargs)


@nox.session
def tunnel(session: nox.Session) -> None:
    """Reach the engines of a deployed stage from here, through its bastion: -- STAGE."""
    run(session, python(session, "cloud"), "-m", "infra", "tunnel", *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Run every test, on real engines; what follows -- goes to pytest."""
    interpreter = python(session, *TESTING)
    arguments = session.posargs or ["--numprocesses=auto"]
    advice = "a test failed: `nox -s test -- PATH::NAME` runs it alone, -x stops at the first"
    run(session, interpreter, "-m", "pytest", *arguments, advice=advice)
    if not session.posargs:
        test_as_deployed(session, interpreter)


def test_as_deployed(session: nox.Session, interpreter: str) -> None:
    """Run the tests of core, functions and db's engine on the Python that Lambda runs, where one is found."""
    answer = session.run(
        *(interpreter, "-m", "infra.bundle", "--find-python"), external=True, silent=True, success_codes=[0, 1]
    )
    found = str(answer).strip()
    if not Path(found).is_file():
        session.warn(f"the tests on the Python that Lambda runs are skipped: {found}")
        return
    environ = {"UV_PROJECT_ENVIRONMENT": ".local/deployed-python", "UV_PYTHON": found}
    deployed = python(session, "test", environ=environ)
    tests = ("packages/core", "packages/functions", "packages/db/tests/engine")
    run(
        session,
        *(deployed, "-m", "pytest", "--numprocesses=auto", "-m", "not slow", *tests),
        advice=f"a test failed on the deployed version of Python, {found}",
    )


@nox.session
def unit(session: nox.Session) -> None:
    """Run the quick tests, which need no engine, in under 30 s."""
    run(
        session,
        *(
            python(session, "test"),
            "-m",
            "pytest",
            "--numprocesses=auto",
            "--dist=worksteal",
            "--hypothesis-profile=quick",
            "-m",
            "not engines and not network and not slow",
        ),
        *session.posargs,
        advice="a test failed: `nox -s unit -- PATH::NAME` runs it alone",
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and imports: ruff, and the table of what may import what."""
    interpreter = python(session, "lint")
    run(session, interpreter, "-m", "ruff", "check", advice="`uv run ruff check --fix` mends some of it")
    run(session, interpreter, "-m", "ruff", "format", "--check", advice="`nox -s fmt` formats the files named")
    run(
        session,
        *(str(Path(interpreter).with_name("lint-imports")), "--no-cache"),
        advice="an import breaks the table in docs/structure.md: move the code, or pass what it needs as an argument",
    )


@nox.session
def fmt(session: nox.Session) -> None:
    """Format every file."""
    run(
        session,
        *(python(session, "lint"), "-m", "ruff", "format", *session.posargs),
        advice="a file can't be parsed: the line above says where",
    )


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types of source and tests: pyright, strict."""
    run(
        session,
        *(python(session, *TESTING), "-m", "pyright", *session.posargs),
        advice="each line above names a place whose types do not hold",
    )


@nox.session
def check(session: nox.Session) -> None:
    """Check everything, as CI does: lint, typecheck, test."""
    session.notify("lint")
    session.notify("typecheck")
    session.notify("test")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure: /health cold and warm against a floor and its peers, and how fast `dev` starts."""
    run(
        session,
        *(python(session, "bench", "cloud"), "-m", "local.bench", *session.posargs),
        advice="the measurement did not come to its end: the lines above say why",
    )


@nox.session
def docs(session: nox.Session) -> None:
    """Build docs/ into .local/docs, and run the examples in it."""
    interpreter = python(session, "docs")
    run(
        session,
        *(interpreter, "-m", "sphinx", "--fail-on-warning", "--keep-going", "docs", ".local/docs"),
        advice="each warning above names the page and line to mend",
    )
    run(
        session,
        *(interpreter, "-m", "pytest", "-p", "no:randomly", "docs", *session.posargs),
        advice="an example in the docs no longer works: mend the example, or what it shows",
    )
