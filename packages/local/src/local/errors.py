"""The root of the errors of the local stage."""


class LocalError(Exception):
    """Anything that the local stage raises by itself."""


class NoCheckoutError(LocalError):
    """The command was run outside of a checkout."""

    def __init__(self) -> None:
        super().__init__("this is no checkout of mocstack: run the command in the folder that holds uv.lock")
