"""Where credentials come from, what shows of them, and what signing costs at a cold start."""

import subprocess
import sys

import pytest

from core import CoreError
from core.signing import Credentials, MissingCredentialsError, credentials_from_environment

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


def test_credentials_are_those_of_the_environment() -> None:
    """A role's credentials are read with their session token."""
    assert credentials_from_environment({**KEYS, "AWS_SESSION_TOKEN": "token"}) == Credentials(
        "AKIDEXAMPLE", "secret", "token"
    )


@pytest.mark.parametrize("environ", [KEYS, {**KEYS, "AWS_SESSION_TOKEN": ""}])
def test_credentials_of_a_user_have_no_session_token(environ: dict[str, str]) -> None:
    """A token that is not set, or empty, is none: an empty one would be refused by AWS."""
    assert credentials_from_environment(environ) == Credentials("AKIDEXAMPLE", "secret")


def test_credentials_are_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process's environment holds now is used, not what it held before."""
    for number in ("1", "2"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"key {number}")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", f"secret {number}")
        monkeypatch.setenv("AWS_SESSION_TOKEN", f"token {number}")
        assert credentials_from_environment() == Credentials(f"key {number}", f"secret {number}", f"token {number}")


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        ({"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": ""}, ("AWS_SECRET_ACCESS_KEY",)),
        ({"AWS_SECRET_ACCESS_KEY": "secret"}, ("AWS_ACCESS_KEY_ID",)),
    ],
)
def test_missing_credentials_are_named(environ: dict[str, str], missing: tuple[str, ...]) -> None:
    """The error names every variable that is missing, and shows no value."""
    with pytest.raises(MissingCredentialsError) as caught:
        credentials_from_environment(environ)
    assert caught.value.variables == missing
    assert all(name in str(caught.value) for name in missing)
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, CoreError)


def test_credentials_do_not_show_their_secrets() -> None:
    """The text form of credentials, as a log would show it, holds neither secret nor token."""
    shown = repr(Credentials("AKIDEXAMPLE", "a secret", "a token"))
    assert "AKIDEXAMPLE" in shown
    assert "a secret" not in shown
    assert "a token" not in shown


def test_signing_imports_no_more_than_hashing_and_quoting() -> None:
    """Beside its own modules, signing brings hashlib, hmac and urllib.parse into a process, and nothing else."""
    program = (
        "import core, hashlib, hmac, sys, urllib.parse; before = set(sys.modules);"
        "import core.signing; print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split()
    assert [name for name in ran.stdout.split() if not name.startswith("core.signing")] == []
