"""A stage's functions, served for a command: with their links, as their own principals."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from core.manifest import Function
from local.runtime import Credentials, OnLog
from local.serving import Served, serve_functions
from local.stage import Stage


def serve(
    stage: Stage, functions: Iterable[Function], folder: Path, on_log: OnLog
) -> AbstractAsyncContextManager[Served]:
    """Serve functions on a started stage; see `local.serving.serve_functions`."""

    def credentials(function: Function) -> Credentials:
        own = stage.principal(function.name)
        return Credentials(own.access_key_id, own.secret_access_key, own.session_token)

    return serve_functions(functions, links=stage.links, credentials=credentials, folder=folder, on_log=on_log)
