"""The service that runs the functions, as Lambda does for those that are deployed."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from core.manifest import Function

from .api import REQUEST_LIMIT
from .diagnosis import diagnose
from .errors import RequestTooLargeError, RuntimeStoppedError, UnknownFunctionError
from .layout import Code, inspect
from .log import OnLog
from .outcome import Outcome
from .plan import Plan
from .pool import Pool
from .variables import Account, Credentials, local_principal, own_variables
from .warden import Warden

CONCURRENCY = 10
"""Requests of one function that run at once: as many as a new AWS account runs of all its functions."""
QUEUE = 1000
"""Requests of one function that may wait: far more than a laptop serves in the time that a gateway waits."""


class Runtime:
    """Runs the functions of a manifest in real processes.

    It lives in the event loop that enters it:
    `async with Runtime(functions, environ_for=..., code=...) as runtime: await runtime.invoke("health", {})`.
    """

    def __init__(  # noqa: PLR0913  what a function's life depends on, by keyword
        self,
        functions: Iterable[Function],
        *,
        environ_for: Callable[[Function], Mapping[str, str]],
        code: Code,
        limit: int = CONCURRENCY,
        queue: int = QUEUE,
        on_log: OnLog | None = None,
        credentials_for: Callable[[Function], Credentials] = local_principal,
        account: Account | None = None,
    ) -> None:
        """Declare what is run; nothing starts before the service is entered.

        Args:
            functions: the manifest.
            environ_for: what the stage gives a function: its links, `STAGE`, `VERSION`. The variables of its
                manifest entry are added here.
            code: the code to run.
            limit: requests of one function that run at once; each has an environment of its own.
            queue: requests of one function that may wait for one; the next is throttled.
            on_log: takes each line of the functions' logs.
            credentials_for: the credentials of a function's principal.
            account: the region and the account that the functions are told.
        """
        self._functions = {function.name: function for function in functions}
        self._environ_for = environ_for
        self._code = code
        self._limit = limit
        self._queue = queue
        self._on_log = on_log
        self._credentials_for = credentials_for
        self._account = account or Account()
        self._pools: dict[str, Pool] = {}
        self._warden: Warden | None = None

    async def __aenter__(self) -> Self:
        """Get ready to start environments; the first invocation starts the first.

        Raises:
            InterpreterError: the interpreter can't run functions.
            ReservedVariableError: a function sets what Lambda reserves.
        """
        interpreter = await inspect(self._code)
        given = {name: own_variables(f, self._environ_for(f)) for name, f in self._functions.items()}
        self._warden = warden = Warden()
        for name, function in self._functions.items():
            plan = Plan(
                function=function,
                own_variables=given[name],
                credentials=self._credentials_for(function),
                account=self._account,
                code=self._code,
                interpreter=interpreter,
                warden=warden,
                on_log=self._on_log,
            )
            self._pools[name] = Pool(plan, limit=self._limit, queue=self._queue)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End every environment. Requests that run get a crash, those that wait `RuntimeStoppedError`."""
        warden, self._warden = self._warden, None
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))
        if warden is not None:
            warden.close()

    @property
    def code(self) -> Code:
        """The code that new environments run."""
        return self._code

    def environments(self, name: str) -> int:
        """Return how many environments of a function there are, idle and busy.

        Raises:
            UnknownFunctionError: there is no such function.
        """
        return self._pool(name).environments

    async def invoke(self, name: str, event: object, *, debug: bool = False) -> Outcome:
        """Invoke a function and return how that ended. An error of the function is an outcome, not an exception.

        Args:
            name: the function's name.
            event: what can be written as JSON, or the JSON itself as bytes.
            debug: run in an environment of its own, without time limits and on this process's stdin and stdout, so
                that `breakpoint()` works.

        Raises:
            InterpreterError: the process can't be started.
            RequestTooLargeError: the event is larger than Lambda takes.
            RuntimeStoppedError: the service is not running.
            ThrottledError: too many requests wait already.
            UnknownFunctionError: there is no such function.
        """
        pool = self._pool(name)
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        if len(payload) > REQUEST_LIMIT:
            raise RequestTooLargeError(len(payload), REQUEST_LIMIT)
        return await (pool.debug(payload) if debug else pool.invoke(payload))

    async def warm(self, name: str) -> None:
        """Start an environment of a function ahead of its first invocation, as provisioned concurrency does.

        One whose init fails is ended: the first invocation meets the same failure, and says so.

        Raises:
            InterpreterError: the process can't be started.
            RuntimeStoppedError: the service is not running.
            UnknownFunctionError: there is no such function.
        """
        pool = self._pool(name)
        code, interpreter = pool.plan.code, pool.plan.interpreter
        environment, failed = await pool.prepare(code, interpreter)
        if failed is None:
            await pool.adopt(code, interpreter, environment)
        else:
            await environment.close()

    async def reload(self, code: Code) -> None:
        """Run other code from now on, once an environment of every function in use has come up on it.

        Requests that run stay on the former code and are not disturbed; its idle environments end.

        Raises:
            InterpreterError: the interpreter can't run functions.
            NotStartedError: an init failed; the former code goes on, for later environments too.
            RuntimeStoppedError: the service is not running.
        """
        interpreter = await inspect(code)
        used = [name for name, pool in self._pools.items() if pool.environments]
        results = await asyncio.gather(
            *(self._pools[name].prepare(code, interpreter) for name in used), return_exceptions=True
        )
        started = [result for result in results if not isinstance(result, BaseException)]
        broken = [result for result in results if isinstance(result, BaseException)]
        failures = [(environment, failed) for environment, failed in started if failed is not None]
        if broken or failures:
            await asyncio.gather(*(environment.close() for environment, _ in started))
            raise broken[0] if broken else await diagnose(*failures[0])
        prepared = {name: environment for name, (environment, _) in zip(used, started, strict=True)}
        self._code = code
        await asyncio.gather(*(pool.adopt(code, interpreter, prepared.get(n)) for n, pool in self._pools.items()))

    async def released(self, code: Code) -> None:
        """Wait until no environment runs `code`, which is not the current one, any more."""
        await asyncio.gather(*(pool.released(code) for pool in self._pools.values()))

    def _pool(self, name: str) -> Pool:
        if self._warden is None:
            raise RuntimeStoppedError
        pool = self._pools.get(name)
        if pool is None:
            raise UnknownFunctionError(name, tuple(self._pools))
        return pool
