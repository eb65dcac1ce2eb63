"""The root of the errors of the AWS side."""


class InfraError(Exception):
    """Anything that the AWS side raises by itself: a line that says what failed, on what, and what to do."""


class NoCheckoutError(InfraError):
    """The command was run outside of a checkout."""

    def __init__(self) -> None:
        super().__init__("this is no checkout of mocstack: run the command in the folder that holds uv.lock")
