"""The kinds of link: what a client needs to reach an engine, and nothing secret.

A link is encoded as one JSON object in one environment variable. Every kind checks its fields when it is
made, so that a value that exists is a value that can be used.
"""

import json
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, cast

from .auth import Anonymous, Auth, Iam, PasswordFile
from .errors import MalformedLinkError
from .fields import CHECKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What every kind of link does: check itself, `encode`, `decode`."""

    AUTH: ClassVar[tuple[type[Auth], ...]] = ()
    """The ways of signing in that this kind knows."""

    def __post_init__(self) -> None:
        for field in fields(self):
            reason = CHECKS[field.name](getattr(self, field.name))
            if reason is not None:
                self._refuse(field.name, reason)
            if field.name == "auth" and not isinstance(getattr(self, field.name), self.AUTH):
                self._refuse("auth", "must be " + " or ".join(auth.__name__ for auth in self.AUTH))
        self._check_together()

    def _check_together(self) -> None:
        """Check what one field demands of another."""

    def _refuse(self, field: str, reason: str) -> None:
        raise MalformedLinkError(type(self).__name__, field, reason)

    def encode(self) -> str:
        """Return the link as the text of its environment variable: a JSON object."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return json.dumps({k: _encode_value(v) for k, v in values.items()}, separators=(",", ":"))

    @classmethod
    def decode(cls, link: str, text: str) -> Self:
        """Read what `encode` wrote.

        Args:
            link: the link's name, for errors.
            text: the value of its environment variable.

        Raises:
            MalformedLinkError: the text is not such a link; it names the field.
        """
        values = _read_object(link, text)
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise MalformedLinkError(link, name if name.isidentifier() else "value", "is not a field of it")
        for name in known:
            if name not in values:
                raise MalformedLinkError(link, name, "is missing")
        try:
            if cls.AUTH:
                values["auth"] = _decode_auth(link, values["auth"])
            return cls(**values)
        except MalformedLinkError as error:
            raise MalformedLinkError(link, error.field, error.reason) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres(Kind):
    """PostgreSQL, or the RDS Proxy before it.

    Attributes:
        host: the name that the server's certificate bears and that an IAM token is signed for.
        port: TCP port.
        database: the database's name.
        user: the role to sign in as.
        auth: `Iam` or `PasswordFile`.
        region: the AWS region that tokens are signed for.
        ca_file: the PEM file of the roots that the server's certificate is verified against; None for plain TCP.
    """

    AUTH = (Iam, PasswordFile)

    host: str
    port: int
    database: str
    user: str
    auth: Iam | PasswordFile
    region: str
    ca_file: str | None = None

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted and the server verified."""
        return self.ca_file is not None

    def _check_together(self) -> None:
        if isinstance(self.auth, Iam) and not self.tls:
            self._refuse("ca_file", "must be given with IAM: a token may only travel over verified TLS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis(Kind):
    """Redis or ElastiCache.

    Attributes:
        host: the primary endpoint, or the configuration endpoint in cluster mode.
        port: TCP port.
        user: the ACL user.
        auth: `Iam` or `PasswordFile`.
        region: the AWS region that tokens are signed for.
        cluster: whether the client must follow a cluster's slots.
        replication_group: the lower-case id that an IAM token is signed for; None without IAM.
        ca_file: the PEM file of the roots that the server's certificate is verified against; None for plain TCP.
    """

    AUTH = (Iam, PasswordFile)

    host: str
    port: int
    user: str
    auth: Iam | PasswordFile
    region: str
    cluster: bool = False
    replication_group: str | None = None
    ca_file: str | None = None

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted and the server verified."""
        return self.ca_file is not None

    def _check_together(self) -> None:
        if not isinstance(self.auth, Iam):
            return
        if not self.tls:
            self._refuse("ca_file", "must be given with IAM: a token may only travel over verified TLS")
        if self.replication_group is None:
            self._refuse("replication_group", "must be given with IAM: the token is signed for it")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearch(Kind):
    """OpenSearch, over HTTP.

    Attributes:
        host: the domain's endpoint.
        port: TCP port.
        auth: `Iam` (each request signed as service `es`) or `Anonymous`.
        region: the AWS region that requests are signed for.
        ca_file: the PEM file of the roots that the server's certificate is verified against; None for plain HTTP.
    """

    AUTH = (Iam, Anonymous)

    host: str
    port: int
    auth: Iam | Anonymous
    region: str
    ca_file: str | None = None

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted and the server verified."""
        return self.ca_file is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket(Kind):
    """An S3 bucket; every request is signed with the role of the function.

    Attributes:
        name: the bucket's name.
        region: its AWS region.
        endpoint: the URL of an S3 server other than AWS's own; None on AWS.
    """

    name: str
    region: str
    endpoint: str | None = None


_MODES: dict[str, type[Iam | Anonymous]] = {"iam": Iam, "none": Anonymous}


def _encode_value(value: object) -> object:
    match value:
        case Iam():
            return "iam"
        case Anonymous():
            return "none"
        case PasswordFile(path):
            return {"password_file": path}
        case _:
            return value


def _decode_auth(link: str, value: object) -> Auth:
    if isinstance(value, str) and value in _MODES:
        return _MODES[value]()
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        path = entries.get("password_file")
        if len(entries) == 1 and isinstance(path, str):
            return PasswordFile(path)
    raise MalformedLinkError(link, "auth", 'must be "iam", "none" or {"password_file": path}')


def _read_object(link: str, text: str) -> dict[str, Any]:
    try:
        values: object = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedLinkError(link, "value", "is not JSON") from None
    if not isinstance(values, dict):
        raise MalformedLinkError(link, "value", "is not a JSON object")
    return cast("dict[str, Any]", values)
