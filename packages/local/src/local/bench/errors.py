"""The errors of the bench."""

from local.errors import LocalError


class BenchError(LocalError):
    """The bench can't measure."""


class RuntimeBrokenError(BenchError):
    """The runtime, or the handler in it, did not do what is to be measured."""


class NotMeasurableError(BenchError):
    """A contender does not answer that all is well, so its time means nothing.

    Attributes:
        contender: its name.
    """

    def __init__(self, contender: str, reason: str) -> None:
        super().__init__(f"{contender} can't be measured: {reason}")
        self.contender = contender


class BundleFailedError(BenchError):
    """A folder to run from could not be built."""


class BenchEndedError(BenchError):
    """Somebody has ended the bench before it was done.

    Attributes:
        reason: what ended it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the bench did not come to its end: {reason}")
        self.reason = reason
