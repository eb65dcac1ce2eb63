"""What each field of a link must be."""

from collections.abc import Callable, Mapping

from .auth import Anonymous, Iam, PasswordFile

_MAX_PORT = 65535


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return "must be text"
    return None if value and value.isprintable() else "must be one line of text, not empty"


def _word(value: object) -> str | None:
    return _text(value) or ("must not contain spaces" if " " in str(value) else None)


def _url(value: object) -> str | None:
    if value is None:
        return None
    return _word(value) or (None if str(value).startswith(("http://", "https://")) else "must be an http(s) URL")


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _port(value: object) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MAX_PORT
    return None if fits else f"must be a whole number from 1 to {_MAX_PORT}"


def _group(value: object) -> str | None:
    reason = None if value is None else _word(value)
    return reason or ("must be lower case" if value is not None and str(value) != str(value).lower() else None)


def _path(value: object) -> str | None:
    return _text(value) or (None if str(value).startswith("/") else "must be an absolute path")


def _auth(value: object) -> str | None:
    if isinstance(value, PasswordFile):
        reason = _path(value.path)
        return f"password_file {reason}" if reason else None
    return None if isinstance(value, Iam | Anonymous) else "must be Iam, PasswordFile or Anonymous"


CHECKS: Mapping[str, Callable[[object], str | None]] = {
    "host": _word,
    "port": _port,
    "database": _text,
    "user": _text,
    "auth": _auth,
    "region": _word,
    "ca_file": lambda value: None if value is None else _path(value),
    "cluster": _flag,
    "replication_group": _group,
    "name": _word,
    "endpoint": _url,
}
"""What each field must be, by its name: a name means the same in every kind. A check returns the reason to refuse."""
