"""What `dev` was asked for."""

from dataclasses import dataclass

from local.engines import EngineName


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; see `local.commands.declared`.

    Attributes:
        once: whether to stop when /health is healthy.
        port: the API's port; None for the one that is kept.
        only: the functions whose log is shown; empty for all.
        engines: what to start.
    """

    once: bool
    port: int | None
    only: frozenset[str]
    engines: tuple[EngineName, ...]
