"""Links: the declared names under which a function finds its resources."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Generic, TypeVar, overload

from . import environment
from .errors import MissingLinkError
from .kinds import Kind

K = TypeVar("K", bound=Kind)


class Link(Generic[K]):
    """A declared link: what the manifest, infra and the local stage refer to, and what a test overrides.

    Attributes:
        kind: what the link's value is.
        name: the link's name, as in `Resource.MyPostgres`.
    """

    def __init__(self, kind: type[K], name: str) -> None:
        self.kind = kind
        self.name = name
        self._value: K | None = None

    def __repr__(self) -> str:
        return f"<link {self.name} to {self.kind.__name__}>"

    @property
    def variable(self) -> str:
        """The name of the environment variable that carries the link."""
        return f"LINK_{self.name}"

    def encode(self, value: K) -> dict[str, str]:
        """Return the environment that gives a function this link."""
        return {self.variable: value.encode()}

    def value(self) -> K:
        """Return the link's value, read from the environment on first use and once.

        Raises:
            MissingLinkError: the function was not given the link.
            MalformedLinkError: what it was given is not such a link.
        """
        if self._value is None:
            text = os.environ.get(self.variable)
            if text is None:
                raise MissingLinkError(self.name, self.variable, environment.function_name())
            self._value = self.kind.decode(self.name, text)
        return self._value

    @contextmanager
    def override(self, value: K) -> Generator[K]:
        """Put `value` in the link's place while the block runs: for tests."""
        before, self._value = self._value, value
        try:
            yield value
        finally:
            self._value = before


class LinkTo(Generic[K]):
    """Declares a link by the name of a class attribute: `MyPostgres = LinkTo(Postgres)`.

    On the class the attribute is the `Link`, on an instance its value.
    """

    link: Link[K]

    def __init__(self, kind: type[K]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self.link = Link(self._kind, name)

    @overload
    def __get__(self, instance: None, owner: type) -> Link[K]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> K: ...
    def __get__(self, instance: object | None, owner: type) -> Link[K] | K:
        return self.link if instance is None else self.link.value()
