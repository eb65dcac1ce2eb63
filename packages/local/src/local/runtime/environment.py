"""An execution environment: one process of a function under the genuine awslambdaric, and its Runtime API."""

import asyncio
import os
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .api import Delivery, Reply, RuntimeApi
from .log import Capture, LogLine
from .plan import Plan
from .warden import kill_group

_LOG_KEPT = 10_000
"""Lines that an outcome carries at most; `on_log` gets every one."""


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended by itself, or was ended by another's signal.

    Attributes:
        reason: as Lambda words it: `exit status 1`, `signal: killed`; None for an exit with status 0.
    """

    reason: str | None


@dataclass(frozen=True, slots=True)
class InitError:
    """The runtime reported that the function can't be loaded; `document` is its error in Lambda's form."""

    document: bytes


Expired = Literal["expired"]
"""The limit ran out; the environment has been killed."""


class Environment:
    """One execution environment. It serves one request at a time.

    Attributes:
        plan: what it is made of.
        name: the name of its log stream.
        group: the number of its process group, which is that of its process.
        started: when it was started, on the monotonic clock.
        ended: done when the process has ended and everything of it is cleaned up.
    """

    group: int
    started: float
    ended: asyncio.Task[Exited]
    _process: asyncio.subprocess.Process

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.name = f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{os.urandom(16).hex()}"
        self._request_id: str | None = None
        self._lines: deque[LogLine] = deque(maxlen=_LOG_KEPT)
        self._peak = 0
        self._api = RuntimeApi()
        self._capture = None if plan.terminal else Capture(self._wrote)

    async def start(self) -> None:
        """Start the process; its init begins.

        Raises:
            OSError: the process can't be started.
        """
        self.started = time.monotonic()
        try:
            process = await self._spawn(await self._api.start())
        except BaseException:
            await self._clean_up()
            raise
        finally:
            if self._capture:
                self._capture.close_write_end()
        self._process = process
        self.group = process.pid
        self.plan.warden.guard(process.pid)
        self.ended = asyncio.create_task(self._watch(process))

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return not self.ended.done()

    async def initialize(self, limit: float | None) -> InitError | Exited | Expired | None:
        """Wait until the init is done; return None if it succeeded.

        Args:
            limit: seconds after which the environment is killed; None for no limit.
        """
        initialized = self._api.initialized
        await asyncio.wait({initialized, self.ended}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if initialized.done():
            document = initialized.result()
            return None if document is None else InitError(document)
        if self.ended.done():
            return self.ended.result()
        await self.close()
        return "expired"

    def begin(self, request_id: str) -> None:
        """Let what is logged from here on belong to a request."""
        self._flush()
        self._request_id = request_id

    async def exchange(self, delivery: Delivery, limit: float | None) -> Reply | Exited | Expired:
        """Hand over an event, and wait for the answer.

        Args:
            delivery: the event.
            limit: seconds after which the environment is killed; None for no limit.
        """
        answer = asyncio.ensure_future(self._api.exchange(delivery))
        try:
            await asyncio.wait({answer, self.ended}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                self._flush()
                return answer.result()
            if self.ended.done():
                return self.ended.result()
            await self.close()
            return "expired"
        finally:
            answer.cancel()

    @property
    def taken(self) -> bool:
        """Whether the runtime has asked for the event that was handed over last."""
        return self._api.taken

    def record(self, text: str) -> None:
        """Add a record of the platform to the log."""
        self._log("platform", text)

    def take_log(self) -> tuple[LogLine, ...]:
        """Return the lines since the last call, and let go of the request they belong to."""
        self._flush()
        lines = tuple(self._lines)
        self._lines.clear()
        self._request_id = None
        return lines

    def peak_memory(self) -> int | None:
        """Return the megabytes that the process has used at most; None if it is gone."""
        self._peak = max(self._peak, _memory(self.group))
        return -(-self._peak // 2**20) or None

    async def close(self) -> None:
        """Kill the process and what it started, and wait until nothing of it is left."""
        if self._process.returncode is None:  # afterwards the number may be another group's
            kill_group(self.group)
        await asyncio.shield(self.ended)

    async def _spawn(self, api: str) -> asyncio.subprocess.Process:
        plan, capture = self.plan, self._capture
        return await asyncio.create_subprocess_exec(
            plan.code.python,
            "-s",  # no packages of the developer's own
            "-m",
            "awslambdaric",
            plan.function.handler,
            cwd=plan.code.task_root,
            env=plan.variables(log_stream=self.name, api=api),
            stdin=asyncio.subprocess.DEVNULL if capture else None,
            stdout=capture.write_end if capture else None,
            stderr=capture.write_end if capture else None,
            start_new_session=True,
        )

    async def _watch(self, process: asyncio.subprocess.Process) -> Exited:
        status = await process.wait()
        kill_group(self.group)  # what it has started
        self.plan.warden.release(self.group)
        await self._clean_up()
        return Exited(_reason(status))

    async def _clean_up(self) -> None:
        if self._capture:
            self._capture.close()
        await self._api.close()

    def _flush(self) -> None:
        if self._capture:
            self._capture.flush()

    def _wrote(self, text: str) -> None:
        self._log("function", text)

    def _log(self, source: Literal["function", "platform"], text: str) -> None:
        line = LogLine(self.plan.function.name, self.name, self._request_id, source, text)
        self._lines.append(line)
        if self.plan.on_log is not None:
            self.plan.on_log(line)


def _memory(pid: int) -> int:
    """Return the bytes that a process has used at most; elsewhere than on Linux, those it uses now; 0 if it is gone."""
    status = Path(f"/proc/{pid}/status")
    if sys.platform == "linux":
        with suppress(OSError):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
            return int(fields["VmHWM"].removesuffix("kB")) * 1024 if "VmHWM" in fields else 0
        return 0
    import psutil  # noqa: PLC0415  60 ms that Linux needn't wait for

    with suppress(psutil.Error):
        return psutil.Process(pid).memory_info().rss
    return 0


def _reason(status: int) -> str | None:
    if status >= 0:
        return f"exit status {status}" if status else None
    name = signal.strsignal(-status) or str(-status)
    return f"signal: {name.split(':')[0].lower()}"  # macOS: "Killed: 9"
