"""What the provision function fails with: its message is the reason that CloudFormation shows."""


class ProvisionError(Exception):
    """Anything that the provision function raises."""


class UnknownEventError(ProvisionError):
    """The event is none that the function takes."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}; this function takes {{'action': 'migrate'}}, or the event of a custom resource: RequestType"
            " Create, Update or Delete, and for the first two ResourceProperties with Functions, a list of objects"
            " with Name, RoleArn and, where they are not empty, Read and Write"
        )


class ProvisionFailedError(ProvisionError):
    """Provisioning failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(shortened(f"provisioning failed: {reason}"))


_LONGEST = 900
"""Bytes of a reason: what CloudFormation and the framework before it add stays within 1 KB, which it shows whole."""
_CUT = " ... "


def shortened(reason: str) -> str:
    """Return a reason as one line that is not too long; what is left out is in its middle: its end says why."""
    line = " ".join(reason.split()).encode()
    if len(line) <= _LONGEST:
        return line.decode()
    part = (_LONGEST - len(_CUT)) // 2
    return line[:part].decode(errors="ignore") + _CUT + line[-part:].decode(errors="ignore")
