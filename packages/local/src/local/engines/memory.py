"""The register of an engine that one program alone uses."""

from .processes import Identity


class Memory:
    """Knows the main process of an engine that this program has started, and forgets it with the program."""

    def __init__(self) -> None:
        self._process: Identity | None = None

    def process(self) -> Identity | None:
        """See `Register`."""
        return self._process

    def note(self, process: Identity | None) -> None:
        """See `Register`."""
        self._process = process
