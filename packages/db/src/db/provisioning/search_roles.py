"""OpenSearch roles: each function may ask for the cluster's health, and use the indexes that it declares.

Fine-grained access control knows a function by the ARN of its IAM role, as a backend role. Each function has a role
of its own by the security plugin's API, and only those are written: replacing `all_access` can lock everyone out.
The names of actions are those of the plugin's documentation, "Permissions".
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final, cast

from core import Anonymous, ConnectionFailedError, OpenSearch
from core.connections import opensearch
from core.connections.http import Response
from core.connections.steps import run

from .errors import SearchRoleError

_API: Final = "/_plugins/_security/api"
_PREFIX: Final = "mocstack-"
_HEALTH: Final = ("cluster:monitor/health",)
# Requests over several indexes or documents ask once more for the whole, as an action of the cluster.
_READ_MANY: Final = (
    "indices:data/read/mget",
    "indices:data/read/msearch",
    "indices:data/read/scroll",
    "indices:data/read/scroll/clear",
)
_WRITE_MANY: Final = ("indices:data/write/bulk",)
_READ: Final = ("indices:data/read/*",)
# Not the mapping: what it declares to write are documents, and their fields are the template's to say.
_WRITE: Final = ("indices:data/write/*",)

_ATTEMPT_SECONDS: Final = 10.0
"""How long one request may take: writing a role waits until every node has read it."""
_PAUSE_SECONDS: Final = 1.0
_AGAIN: Final = frozenset({401, 403, 409, 429, 500, 502, 503, 504})
"""What may pass: a policy not known yet, another run at the same role, a plugin that starts, a full domain."""
_SHOWN: Final = 200
"""Characters of an answer that are repeated in an error."""

Content = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRole:
    """What a function may do in OpenSearch.

    Attributes:
        name: the function's name.
        role_arn: the ARN of its IAM role.
        read: indexes that it may search, by their names without a version.
        write: indexes whose documents it may write and delete, likewise.
    """

    name: str
    role_arn: str
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """The name of its role in OpenSearch."""
        return _PREFIX + self.name

    def permissions(self) -> Content:
        """Return its role as the security plugin's API takes it."""
        cluster = [*_HEALTH, *(_READ_MANY if self.read else ()), *(_WRITE_MANY if self.write else ())]
        indexes = [*_index_permissions(self.read, _READ), *_index_permissions(self.write, _WRITE)]
        return {"cluster_permissions": cluster, "index_permissions": indexes}

    def mapping(self) -> Content:
        """Return who has the role, likewise."""
        return {"backend_roles": [self.role_arn]}


def ensure_search_roles(link: OpenSearch, functions: Sequence[FunctionRole], until: float) -> str:
    """Give each function its role; return in words what was done.

    Args:
        link: the domain, as its master; where it does not sign in, there is no security plugin and nothing is done.
        functions: what each function needs.
        until: when that must be done (`time.monotonic`).

    Raises:
        SearchRoleError: OpenSearch refuses it.
        ConnectionFailedError: it does not answer in time.
    """
    if isinstance(link.auth, Anonymous):
        return "this OpenSearch lets everyone in: there are no roles"
    written = [
        function.role
        for function in functions
        # Both, whatever the first one says.
        if _put(link, f"/roles/{function.role}", function.permissions(), until)
        | _put(link, f"/rolesmapping/{function.role}", function.mapping(), until)
    ]
    return f"wrote {', '.join(written)}" if written else "the roles are as they are to be"


def _index_permissions(indexes: Iterable[str], actions: tuple[str, ...]) -> list[Content]:
    # An index is `<name>-v<N>`, and `<name>` its alias.
    patterns = [pattern for index in indexes for pattern in (index, f"{index}-v*")]
    return [{"index_patterns": patterns, "allowed_actions": list(actions)}] if patterns else []


def _put(link: OpenSearch, path: str, wanted: Content, until: float) -> bool:
    """Make something what is wanted; return whether it was not."""
    found = _ask(link, "GET", path, until)
    if found.status == 200 and _is_so(found, path, wanted):  # noqa: PLR2004  # OK
        return False
    _ask(link, "PUT", path, until, wanted)
    return True


def _is_so(found: Response, path: str, wanted: Content) -> bool:
    """Return whether what the API answered has every wanted value, and no other that gives anything."""
    name = path.rpartition("/")[2]
    try:
        body: object = json.loads(found.body)
    except ValueError:
        return False
    current = cast("Content", body).get(name) if isinstance(body, dict) else None
    if not isinstance(current, dict):
        return False
    return _comparable(cast("Content", current)) == _comparable(wanted)


_NOT_GIVING: Final = frozenset({"reserved", "hidden", "static", "description"})


def _comparable(content: object) -> object:
    """Return a value of the API in a form that is the same whatever the order, and whatever is left out as empty."""
    if isinstance(content, dict):
        entries = cast("Content", content)
        return {key: _comparable(value) for key, value in entries.items() if value and key not in _NOT_GIVING}
    if isinstance(content, list):
        return sorted((_comparable(item) for item in cast("list[object]", content)), key=repr)
    return content


def _ask(link: OpenSearch, method: str, path: str, until: float, body: Content | None = None) -> Response:
    """Make one request of the security plugin's API, again while what it answers may pass.

    Raises:
        SearchRoleError: it answers an error. That a role is not there is none.
    """
    while True:
        response, failure = _attempt(link, method, _API + path, until, body)
        if response is not None and response.status in {200, 201} | ({404} if method == "GET" else set()):
            return response
        passes = response is None or response.status in _AGAIN
        if not passes or monotonic() + _PAUSE_SECONDS >= until:
            if response is None:
                raise failure or AssertionError
            said = " ".join(response.body.decode(errors="replace").split())[:_SHOWN]
            raise SearchRoleError(f"{method} {path}", response.status, said)
        sleep(_PAUSE_SECONDS)


def _attempt(
    link: OpenSearch, method: str, target: str, until: float, body: Content | None
) -> tuple[Response | None, ConnectionFailedError | None]:
    attempt = min(until, monotonic() + _ATTEMPT_SECONDS)
    try:
        return run(opensearch.request(link, method, target, attempt, body)), None
    except ConnectionFailedError as error:
        if error.failure == "configuration":
            raise
        return None, error
