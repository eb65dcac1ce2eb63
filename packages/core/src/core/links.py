"""Links: the declared names under which a function finds its resources."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Generic, Self, TypeVar, overload

from . import environment
from .errors import MissingLinkError
from .kinds import Kind

K = TypeVar("K", bound=Kind)


class Link(Generic[K]):
    """One link, declared as a class attribute: `MyPostgres = Link(Postgres)`.

    On an instance of the declaring class it is the link's value, read from the environment on first use and
    once; on the class it is this declaration, which the manifest, infra and the local stage refer to.
    """

    def __init__(self, kind: type[K]) -> None:
        self.kind = kind
        self.name = ""
        self._value: K | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<link {self.name} of kind {self.kind.__name__}>"

    @property
    def variable(self) -> str:
        """The name of the environment variable that carries the link."""
        return f"LINK_{self.name}"

    def encode(self, value: K) -> dict[str, str]:
        """Return the environment that gives a function this link."""
        return {self.variable: value.encode()}

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> K: ...
    def __get__(self, instance: object | None, owner: type) -> Self | K:
        if instance is None:
            return self
        if self._value is None:
            self._value = self._read()
        return self._value

    def _read(self) -> K:
        text = os.environ.get(self.variable)
        if text is None:
            raise MissingLinkError(self.name, self.variable, environment.function_name())
        return self.kind.decode(self.name, text)

    @contextmanager
    def override(self, value: K) -> Generator[K]:
        """Put `value` in the link's place while the block runs: for tests.

        Connections that were opened by the former value stay open; close them with `core.close_connections`.
        """
        before, self._value = self._value, value
        try:
            yield value
        finally:
            self._value = before
