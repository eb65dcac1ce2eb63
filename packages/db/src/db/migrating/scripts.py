"""The revision files, read by Alembic without a file of settings."""

import traceback
import warnings
from contextlib import suppress
from pathlib import Path

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

from .errors import RevisionFilesError, TargetError, UnknownRevisionError
from .misfits import misfit
from .targets import why_not_down, why_not_up


def settings(folder: Path) -> Config:
    """Return Alembic's settings for a folder of migrations.

    In a bundle that holds compiled files only, those are the revisions. Where there are sources, nothing else is:
    a `__pycache__` keeps what belongs to another branch.
    """
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("sourceless", "false" if (folder / "env.py").exists() else "true")
    return config


def read_scripts(config: Config) -> ScriptDirectory:
    """Return the revisions, all loaded; how many heads they have is for `check_one_head`.

    Raises:
        RevisionFilesError: a file can't be loaded, or the files do not fit together.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # so Alembic says that files do not fit together
            scripts = ScriptDirectory.from_config(config)
            scripts.get_heads()
    except (RevisionError, CommandError, UserWarning) as error:
        raise RevisionFilesError(_misfit(config) or str(error)) from error
    except Exception as error:  # whatever a file does when it is loaded
        raise RevisionFilesError(f"{place(error)}{type(error).__name__}: {error}") from error
    return scripts


def check_known(scripts: ScriptDirectory, heads: tuple[str, ...]) -> None:
    """Make sure that the database is at revisions that there are.

    Raises:
        UnknownRevisionError: it is not.
    """
    for head in heads:
        try:
            scripts.revision_map.get_revision(head)
        except RevisionError as error:
            raise UnknownRevisionError(head) from error


def way_up(scripts: ScriptDirectory, heads: tuple[str, ...], to: str) -> list[Script]:
    """Return the revisions to apply, in order.

    Raises:
        TargetError: there is no such way.
    """
    _check_given(to)
    try:
        return list(reversed(list(scripts.iterate_revisions(to, heads, implicit_base=True))))
    except (RevisionError, CommandError) as error:
        raise TargetError(to, why_not_up(scripts, heads, to)) from error


def way_down(scripts: ScriptDirectory, heads: tuple[str, ...], to: str) -> list[Script]:
    """Return the revisions to take back, in order.

    Raises:
        TargetError: there is no such way.
    """
    _check_given(to)
    try:
        return list(scripts.iterate_revisions(heads, to, select_for_downgrade=True))
    except (RevisionError, CommandError) as error:
        raise TargetError(to, why_not_down(scripts, heads, to)) from error


def file_of(script: Script) -> str:
    """Return the name of a revision's file."""
    return Path(script.path).name


def _check_given(target: str) -> None:
    if not target:
        raise TargetError(target, "give a revision, `base` or `-1`")


def _misfit(config: Config) -> str | None:
    # Compiled files, and what can't be read, are left to what Alembic says of them.
    with suppress(OSError, SyntaxError, ValueError):
        return misfit(Path(config.get_main_option("script_location") or ""))
    return None


def place(error: Exception) -> str:
    """Return the file and line of an error in a revision's file: the innermost of those."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent.name == "versions"
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: " if frames else ""
