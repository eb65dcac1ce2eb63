"""Which of the engines' builds fits this machine."""

import os
import sys
from collections.abc import Mapping
from typing import Literal, get_args

from .errors import UnsupportedPlatformError

Platform = Literal["linux-amd64", "linux-arm64v8", "darwin-amd64", "darwin-arm64v8"]
"""A platform, by the name that PostgreSQL's artifacts give it."""
PLATFORMS: tuple[Platform, ...] = get_args(Platform)

_PROCESSORS: Mapping[str, str] = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64v8", "arm64": "arm64v8"}


def platform_of(system: str, processor: str, *, glibc: bool) -> Platform:
    """Return the platform of a machine.

    Args:
        system: the operating system's name as `uname -s` gives it.
        processor: the processor's name as `uname -m` gives it.
        glibc: whether the C library is GNU's; on Linux the builds of PostgreSQL and Java need it.

    Raises:
        UnsupportedPlatformError: there are no builds for it.
    """
    wanted = f"{system.lower()}-{_PROCESSORS.get(processor.lower(), processor)}"
    for platform in PLATFORMS:
        if platform == wanted and (glibc or system != "Linux"):
            return platform
    libc = "" if glibc or system != "Linux" else " without glibc"
    raise UnsupportedPlatformError(f"{system} on {processor}{libc}")


def this_platform() -> Platform:
    """Return the platform of this machine.

    Raises:
        UnsupportedPlatformError: there are no builds for it.
    """
    if sys.platform == "win32":
        raise UnsupportedPlatformError("Windows")
    machine = os.uname()
    return platform_of(machine.sysname, machine.machine, glibc=_has_glibc())


def _has_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):  # the name is unknown to every other C library
        return False
