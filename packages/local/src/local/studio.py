"""The studio of the local stage: `db.studio` on its database, served on loopback by one program at a time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from core import Resources

from .errors import LocalError
from .gateway.server import serve
from .hosts import asked_by_our_name
from .locks import Lock
from .stage.files import write
from .stage.folder import folder_errors, make_folder

if TYPE_CHECKING:
    from .stage import Stage

_LOCK, _URL = "studio.lock", "studio.url"


class StudioServedError(LocalError):
    """Another program serves the studio of this stage.

    Attributes:
        url: where; empty if it has only just begun to.
    """

    def __init__(self, url: str) -> None:
        super().__init__(f"the studio is served already{f': {url}' if url else ''}")
        self.url = url


@asynccontextmanager
async def serve_studio(stage: "Stage", port: int | None = None) -> AsyncGenerator[str]:
    """Serve the studio of a stage, whose PostgreSQL runs, while the block runs; give its URL.

    The library under it takes half a second to load: that is done here and in a thread, so that nothing waits for it.

    Args:
        stage: the stage.
        port: the port; None for the one that the stage keeps.

    Raises:
        StudioServedError: another program serves it; `url` says where.
        PortTakenError: the port can't be listened on.
    """
    with folder_errors(stage.directory):
        lock = Lock(stage.directory / _LOCK)
    try:
        if not lock.take():
            raise StudioServedError(_noted(stage.directory))
        await asyncio.to_thread(import_module, "db.studio")
        from db.studio import studio  # noqa: PLC0415  # it is loaded by now

        link = stage.postgres(Resources.MyPostgres)
        chosen = port or stage.port("studio")
        with studio(link, asked_by_our_name=asked_by_our_name) as app:
            async with serve(app, chosen, what="the studio") as listening:
                url = f"http://127.0.0.1:{listening}"
                with folder_errors(stage.directory):
                    write(stage.directory / _URL, url)
                yield url
    finally:
        lock.close()


def served_at(folder: Path) -> str | None:
    """Return where another program serves the studio of the stage in a folder; None if none does."""
    make_folder(folder)
    with folder_errors(folder):
        lock = Lock(folder / _LOCK)
        try:
            return _noted(folder) if lock.is_taken() else None
        finally:
            lock.close()


def _noted(folder: Path) -> str:
    try:
        return (folder / _URL).read_text()
    except FileNotFoundError:
        return ""
