"""Where the local stage keeps what it keeps: the cache of a user, the data of a stage.

PostgreSQL and OpenSearch refuse to run as root, so for root they run as `nobody`. What `nobody` must reach can
then lie neither in the checkout nor in the home, which may both be closed to others: root's cache and data are
in the system's own folders for them.
"""

import hashlib
import os
import sys
from pathlib import Path

from .errors import NoCheckoutError

NAME = "mocstack"
"""The name of our folder inside the system's or the user's."""


def is_root() -> bool:
    """Return whether this process is root, for whom engines run as `nobody`."""
    return os.geteuid() == 0


def cache_folder() -> Path:
    """Return the folder of fetched programs: one per user, outside the home for root.

    An ordinary user's is `$XDG_CACHE_HOME`, else `~/.cache` (macOS: `~/Library/Caches`).
    """
    mac = sys.platform == "darwin"
    if is_root():
        return Path("/Library/Caches" if mac else "/var/cache") / NAME
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    if chosen.startswith("/"):  # the specification has relative paths ignored
        return Path(chosen) / NAME
    return Path.home() / ("Library/Caches" if mac else ".cache") / NAME


def data_folder(stage: Path) -> Path:
    """Return the folder of the engines' data for the stage in the folder `stage`.

    For an ordinary user it lies inside of it; for root outside, named by a hash of the stage's path.
    """
    if not is_root():
        return stage / "data"
    parent = "/var/db" if sys.platform == "darwin" else "/var/lib"
    return Path(parent) / NAME / hashlib.sha256(str(stage.resolve()).encode()).hexdigest()[:16]


def checkout() -> Path:
    """Return the root of the checkout that the working folder is in.

    Raises:
        NoCheckoutError: it is in none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "uv.lock").is_file() and (folder / "packages" / "local").is_dir():
            return folder
    raise NoCheckoutError
