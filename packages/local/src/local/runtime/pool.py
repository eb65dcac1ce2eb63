"""The environments of one function: a new one per concurrent request up to a limit, idle ones used again."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from .environment import Environment
from .errors import InterpreterError, NotTakenError, RuntimeStoppedError, ThrottledError
from .invocation import Invocation, initialize, run
from .layout import Code, Interpreter
from .outcome import Outcome
from .plan import Plan


class Pool:
    """The environments of one function.

    Attributes:
        plan: what a new environment is made of.
    """

    def __init__(self, plan: Plan, *, limit: int, queue: int) -> None:
        self.plan = plan
        self._queue = queue
        self._waiting = 0
        self._slots = asyncio.Semaphore(limit)  # first come, first served
        self._idle: list[Environment] = []
        self._all: set[Environment] = set()
        self._starting: dict[asyncio.Task[None], Code] = {}
        self._running: set[asyncio.Task[Outcome]] = set()
        self._stopped = False

    @property
    def environments(self) -> int:
        """How many environments there are."""
        return len(self._all)

    async def invoke(self, payload: bytes) -> Outcome:
        """Invoke the function, as soon as fewer than the limit are running.

        A caller that is canceled while it waits leaves the queue. One that is canceled later leaves the invocation
        running to its end, as a client that hangs up does on Lambda.

        Raises:
            InterpreterError: the process can't be started.
            RuntimeStoppedError: the service is being stopped.
            ThrottledError: too many wait already.
        """
        if self._slots.locked() and self._waiting >= self._queue:
            raise ThrottledError(self.plan.function.name, self._waiting)
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        running = asyncio.create_task(self._run(Invocation.new(payload)))
        self._running.add(running)
        running.add_done_callback(self._finished)
        return await asyncio.shield(running)

    async def debug(self, payload: bytes) -> Outcome:
        """Invoke the function in an environment of its own, on this process's terminal and without time limits."""
        invocation = Invocation.new(payload, limited=False)
        environment = await self._start(replace(self.plan, terminal=True))
        try:
            return await _first(environment, invocation)
        finally:
            await environment.close()

    async def prepare(self, code: Code, interpreter: Interpreter) -> tuple[Environment, Outcome | None]:
        """Start an environment on other code; return it, and the outcome if its init failed."""
        environment = await self._start(replace(self.plan, code=code, interpreter=interpreter))
        _, failed = await initialize(environment, Invocation.new(b""))
        return environment, failed

    async def adopt(self, code: Code, interpreter: Interpreter, prepared: Environment | None) -> None:
        """Run `code` from now on; what is busy on other code ends when it is done."""
        self.plan = replace(self.plan, code=code, interpreter=interpreter)
        former, self._idle = self._idle, [prepared] if prepared else []
        await asyncio.gather(*(environment.close() for environment in former))

    async def released(self, code: Code) -> None:
        """Wait until no environment runs `code`, nor is being started on it."""
        while starting := [start for start, other in self._starting.items() if other == code]:
            await asyncio.wait(starting)
        running = (environment for environment in self._all if environment.plan.code == code)
        await asyncio.gather(*(asyncio.shield(environment.ended) for environment in running))

    async def stop(self) -> None:
        """End every environment, and with them what runs in them."""
        self._stopped = True
        while self._all or self._running:
            await asyncio.gather(*(environment.close() for environment in self._all))
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, invocation: Invocation) -> Outcome:
        try:
            while (environment := self._take()) is not None:
                try:
                    return await run(environment, invocation, None)
                except NotTakenError:
                    continue
                finally:
                    await self._give_back(environment)
            environment = await self._start(self.plan)
            try:
                return await _first(environment, invocation)
            finally:
                await self._give_back(environment)
        finally:
            self._slots.release()

    def _take(self) -> Environment | None:
        """Return the environment that became idle last: the others are the first that can be done without."""
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
        return None

    async def _give_back(self, environment: Environment) -> None:
        if environment.alive and environment.plan.code == self.plan.code and not self._stopped:
            self._idle.append(environment)
        else:
            await environment.close()

    async def _start(self, plan: Plan) -> Environment:
        if self._stopped:
            raise RuntimeStoppedError
        environment = Environment(plan)
        starting = asyncio.create_task(self._launch(environment))
        self._starting[starting] = plan.code
        try:
            await starting
        except OSError as error:
            raise InterpreterError(plan.code.python, str(error)) from error
        finally:
            del self._starting[starting]
        if self._stopped:
            await environment.close()
            raise RuntimeStoppedError
        return environment

    async def _launch(self, environment: Environment) -> None:
        await environment.start()
        self._all.add(environment)
        environment.ended.add_done_callback(self._forget(environment))

    def _forget(self, environment: Environment) -> Callable[[object], None]:
        def forget(_: object) -> None:
            self._all.discard(environment)
            if environment in self._idle:
                self._idle.remove(environment)

        return forget

    def _finished(self, running: asyncio.Task[Outcome]) -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # seen: the caller may have gone away


async def _first(environment: Environment, invocation: Invocation) -> Outcome:
    """Run the first invocation of a new environment, whose init it waits for."""
    init_ms, failed = await initialize(environment, invocation)
    return failed or await run(environment, invocation, init_ms)
