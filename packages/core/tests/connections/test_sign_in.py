"""What a connection signs in with."""

from pathlib import Path

import pytest

from core import ConnectionFailedError, Iam, PasswordFile, Postgres, Redis
from core.connections.sign_in import password, read_password

POSTGRES = Postgres(
    host="proxy.internal",
    port=5432,
    database="app",
    user="app",
    auth=Iam(),
    region="eu-west-1",
    ca_file="/var/task/roots.pem",
)
REDIS = Redis(
    host="cache.internal",
    port=6379,
    user="app",
    auth=Iam(),
    region="eu-west-1",
    replication_group="mocs-dev",
    ca_file="/var/task/roots.pem",
)


def secret(tmp_path: Path, text: str, mode: int = 0o600) -> PasswordFile:
    """Write a password file."""
    file = tmp_path / "password"
    file.write_text(text)
    file.chmod(mode)
    return PasswordFile(str(file))


def test_a_changed_password_is_read_without_a_restart(tmp_path: Path) -> None:
    """The file is read anew each time, without its line break."""
    assert read_password(secret(tmp_path, "old\n")) == "old"
    assert read_password(secret(tmp_path, " new ")) == " new "


@pytest.mark.parametrize(("text", "mode"), [("secret", 0o640), ("secret", 0o604), ("\n", 0o600)])
def test_a_file_that_others_may_read_or_that_is_empty_is_refused(tmp_path: Path, text: str, mode: int) -> None:
    """An exposed or empty password is a failure of configuration, and is not repeated in the error."""
    with pytest.raises(ConnectionFailedError) as raised:
        read_password(secret(tmp_path, text, mode))
    assert raised.value.failure == "configuration"
    assert "secret" not in str(raised.value).replace(str(tmp_path), "")


def test_a_missing_file_is_a_failure_of_configuration(tmp_path: Path) -> None:
    """The error says which file."""
    with pytest.raises(ConnectionFailedError, match="nothing-here") as raised:
        read_password(PasswordFile(str(tmp_path / "nothing-here")))
    assert raised.value.failure == "configuration"


def test_a_role_signs_in_with_a_token_for_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token names the endpoint and the user: the proxy's host for RDS, the group's id for ElastiCache."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
    assert password(POSTGRES).startswith("proxy.internal:5432/?Action=connect&DBUser=app&")
    assert password(REDIS).startswith("mocs-dev/?Action=connect&User=app&")


def test_without_credentials_signing_in_is_a_failure_of_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable that is missing."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(ConnectionFailedError, match="AWS_ACCESS_KEY_ID") as raised:
        password(POSTGRES)
    assert raised.value.failure == "configuration"
