"""The log of an environment: its output captured line by line, and tagged with what it belongs to."""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

LINE_LIMIT = 256 * 1024
"""Bytes: the largest event that CloudWatch Logs took for long (PutLogEvents). A longer line goes on in the next."""

_CHUNK = 64 * 1024
_DRAIN_CHUNKS = 16
"""How much is read on demand: more than a pipe holds, and an end to it when a process never stops writing."""
_CONTINUATION = 0b1000_0000
_CONTINUATION_MASK = 0b1100_0000


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a function's log.

    Attributes:
        function: the function's name.
        environment: the name of the environment's log stream.
        request_id: the invocation during which it was written; None in the init and between invocations.
        source: `function` for what the process wrote, `platform` for Lambda's own records, which are JSON.
        text: the line, without its end.
    """

    function: str
    environment: str
    request_id: str | None
    source: Literal["function", "platform"]
    text: str


class OnLog(Protocol):
    """Takes each line of a log as it comes, in the event loop: it must not block."""

    def __call__(self, line: LogLine, /) -> None:
        """Take one line."""
        ...


class Splitter:
    """Cuts a stream of bytes into lines of at most `limit` bytes."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Yield the lines that `data` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield from self._bounded(line)
        while len(self._rest) > self._limit:
            cut = _cut(self._rest, self._limit)
            yield _text(self._rest[:cut])
            self._rest = self._rest[cut:]

    def finish(self) -> Iterator[str]:
        """Yield what was written without a line's end."""
        rest, self._rest = self._rest, b""
        if rest:
            yield from self._bounded(rest)

    def _bounded(self, line: bytes) -> Iterator[str]:
        while len(line) > self._limit:
            cut = _cut(line, self._limit)
            yield _text(line[:cut])
            line = line[cut:]
        yield _text(line.removesuffix(b"\r"))


def _cut(data: bytes, limit: int) -> int:
    """Return where to cut so that no character is split; text that isn't UTF-8 is cut at the limit."""
    for cut in range(limit, max(limit - 4, 0), -1):
        if data[cut] & _CONTINUATION_MASK != _CONTINUATION:
            return cut
    return limit


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


class Capture:
    """Reads what a process writes to a pipe, while the event loop runs and on demand.

    One pipe takes both stdout and stderr, as Lambda does: that keeps their order.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._splitter = Splitter()
        self._reader, self.write_end = os.pipe()
        os.set_blocking(self._reader, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reader, self._read)
        self._open = True

    def close_write_end(self) -> None:
        """Give up the end that the process has inherited."""
        os.close(self.write_end)

    def drain(self) -> None:
        """Pass on every line that has been written so far.

        An answer that came over another channel was written after the output before it: drained first, the
        log is complete when the answer is passed on.
        """
        for _ in range(_DRAIN_CHUNKS):
            if not self._open or not self._read():
                return

    def _read(self) -> bool:
        """Read once; return whether there may be more."""
        try:
            data = os.read(self._reader, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self._reader)
        for line in self._splitter.feed(data):
            self._on_line(line)
        return bool(data)

    def flush(self) -> None:
        """Pass on what has been written so far, a line without its end included."""
        self.drain()
        for line in self._splitter.finish():
            self._on_line(line)

    def close(self) -> None:
        """Pass on what is left, and stop reading."""
        if self._open:
            self.flush()
            self._open = False
            self._loop.remove_reader(self._reader)
            os.close(self._reader)
