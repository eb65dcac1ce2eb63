"""Compiles packages into a folder that looks like a function's bundle: bytecode and data files, no source.

The bytecode lies where a source file would (`core/links.pyc`), is never checked against a source, and names the
original file, so that a traceback and a debugger show the original's text.
"""

import py_compile
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .errors import SourceError

_UNWANTED = frozenset({"__pycache__"})


def compile_packages(packages: Iterable[Path], folder: Path) -> None:
    """Compile packages into `folder`, each under its own name.

    Args:
        packages: the packages' folders.
        folder: where they go; it is made.

    Raises:
        SourceError: a file can't be compiled; `folder` is left half-done.
    """
    for package in packages:
        _compile_folder(package, folder / package.name)


def _compile_folder(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for entry in source.iterdir():
        with suppress(FileNotFoundError):  # an editor's file, gone meanwhile; the change is seen anyway
            if entry.is_dir():
                if entry.name not in _UNWANTED:
                    _compile_folder(entry, target / entry.name)
            elif entry.suffix == ".py":
                _compile_file(entry, target / f"{entry.name}c")
            elif entry.suffix != ".pyc":
                shutil.copyfile(entry, target / entry.name)


def _compile_file(source: Path, target: Path) -> None:
    try:
        py_compile.compile(
            str(source),
            cfile=str(target),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError as error:
        cause = error.exc_value
        if isinstance(cause, SyntaxError):
            raise SourceError(source, cause.lineno, cause.msg) from error
        raise SourceError(source, None, str(cause)) from error
