"""The checkout that a command works in."""

from pathlib import Path

from .errors import NoCheckoutError


def checkout() -> Path:
    """Return the root of the checkout that the working folder is in.

    Raises:
        NoCheckoutError: it is in none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "uv.lock").is_file() and (folder / "packages" / "infra").is_dir():
            return folder
    raise NoCheckoutError
