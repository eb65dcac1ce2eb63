"""What a proxy can do with the connections that are made to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Forward:
    """Pass everything on.

    Attributes:
        delay: seconds that each answer is held back: what a round trip takes more. The handshake of TCP is the
            kernel's, and takes no longer.
    """

    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Silent:
    """Accept connections and swallow what comes, also on those that were open before."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Accept connections and give the same bytes to whatever comes, also on those that were open before.

    Attributes:
        answer: the bytes.
    """

    answer: bytes = b"\x00\xff\x15\x03garbage\r\n\xfe\x80" * 8


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reset what is open and listen no more: a connection is refused at once."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Reset what is open and let no connection complete: the queue of those to be accepted is full."""


Mode = Forward | Silent | Garbage | Refuse | Backlog
