"""What an execution environment is made of, the variables of its process included."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.manifest import Function

from .layout import Code, Interpreter
from .log import OnLog
from .variables import VERSION, Account, Credentials
from .warden import Warden


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an environment is made of.

    Attributes:
        function: the function it runs.
        own_variables: what the function was given.
        credentials: the function's own principal.
        account: where it seems to run.
        code: the code, and the interpreter.
        interpreter: what is known of that interpreter.
        warden: what ends it if the stage can't.
        on_log: takes the lines of its log; None where nobody listens.
        terminal: whether the process gets this process's stdin and stdout, for a debugger, and its log goes there.
    """

    function: Function
    own_variables: Mapping[str, str]
    credentials: Credentials
    account: Account
    code: Code
    interpreter: Interpreter
    warden: Warden
    on_log: OnLog | None
    terminal: bool = False

    def variables(self, *, log_stream: str, api: str) -> dict[str, str]:
        """Return the whole environment of the process: what Lambda sets, and what the function was given.

        The paths are those of this machine, where Lambda has `/var/lang`, `/var/task` and `/var/runtime`.

        Args:
            log_stream: the name of the environment's log stream.
            api: the address of its Runtime API.
        """
        folders = os.pathsep.join(str(folder) for folder in self.interpreter.path)
        return {
            "_HANDLER": self.function.handler,
            "AWS_ACCESS_KEY": self.credentials.access_key_id,
            "AWS_ACCESS_KEY_ID": self.credentials.access_key_id,
            "AWS_DEFAULT_REGION": self.account.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{self.interpreter.version}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.function.memory),
            "AWS_LAMBDA_FUNCTION_NAME": self.function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": VERSION,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.function.name}",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "AWS_LAMBDA_RUNTIME_API": api,
            "AWS_REGION": self.account.region,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_access_key,
            "AWS_SESSION_TOKEN": self.credentials.session_token,
            "LAMBDA_RUNTIME_DIR": str(self.interpreter.runtime_dir),
            "LAMBDA_TASK_ROOT": str(self.code.task_root),
            "LANG": "en_US.UTF-8",
            "PATH": os.pathsep.join([str(self.code.python.parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "TZ": ":UTC",
            **({"PYTHONPATH": folders} if folders else {}),
            **self.own_variables,
        }
