"""AWS's Session Manager plugin: the program that speaks the protocol of a session."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .errors import PluginError

NAME: Final = "session-manager-plugin"
RESPONSE: Final = "AWS_SSM_START_SESSION_RESPONSE"
"""The variable that has the session, with its token: an argument would show it to every user of the machine."""
_LEAST: Final = (1, 2, 497, 0)
"""The first release that reads the session from that variable (AWS's command line asks for it too)."""
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Plugin:
    """The plugin.

    Attributes:
        path: the program.
    """

    path: str

    def start(
        self, session: Mapping[str, str], request: Mapping[str, object], *, region: str, endpoint: str
    ) -> "subprocess.Popen[bytes]":
        """Start the program on a session, on our terminal: Ctrl-C reaches it by itself, and ends it.

        Args:
            session: what AWS has answered to StartSession.
            request: what it was asked.
            region: the stage's region.
            endpoint: the address of Systems Manager there.
        """
        # What AWS's command line gives it: session, region, operation, profile, request, endpoint.
        arguments = [self.path, RESPONSE, region, "StartSession", "", json.dumps(request), endpoint]
        return subprocess.Popen(arguments, env={**os.environ, RESPONSE: json.dumps(session)})


def find_plugin() -> Plugin:
    """Return the plugin on the PATH.

    Raises:
        PluginError: there is none, or it is too old, or does not run.
    """
    path = shutil.which(NAME)
    if path is None:
        raise PluginError(f"the {NAME} is not on the PATH")
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=True, timeout=_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PluginError(f"{path} does not run") from error
    version = done.stdout.strip()
    if _numbers(version) < _LEAST:
        raise PluginError(f"{path} is of version {version or 'unknown'}, older than {'.'.join(map(str, _LEAST))}")
    return Plugin(path)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
