"""Bundles as zips: the same to the byte, and named by what is in them."""

import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from infra.bundle import Bundle, Contents, Interpreter, Workspace, build, of_function, zipped
from infra.bundle.archive import digest_of, pack

from .conftest import DEPLOYED, copy_of, module


def folder(where: Path) -> Path:
    """Return a folder with two files."""
    (where / "inner").mkdir(parents=True)
    (where / "inner" / "a.py").write_text("A = 1\n")
    (where / "run").write_text("#!/bin/sh\n")
    (where / "run").chmod(0o755)
    return where


CHANGES: Mapping[str, Callable[[Path], object]] = {
    "bytes": lambda path: (path / "inner" / "a.py").write_text("A = 2\n"),
    "mode": lambda path: (path / "run").chmod(0o644),
    "name": lambda path: (path / "run").rename(path / "ran"),
    "folder": lambda path: (path / "run").rename(path / "inner" / "run"),
    "more": lambda path: (path / "more").touch(),
    "fewer": lambda path: shutil.rmtree(path / "inner"),
}


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.timeout(600)  # four bundles
def test_two_builds_are_the_same_to_the_byte(root: Path, compiler: Interpreter, tmp_path: Path) -> None:
    """From scratch, in another checkout, at another time and under another umask, the same zips come of it."""
    first = copy_of(root, tmp_path / "checkout")
    made = build_both(first, 0o022, compiler), build_both(copy_of(first, tmp_path / "its" / "clone"), 0o077, compiler)
    for name, bundle in made[0].items():
        again = made[1][name]
        assert again.path != bundle.path
        assert again.path.read_bytes() == bundle.path.read_bytes()
        assert again == replace(bundle, path=again.path)


def build_both(root: Path, umask: int, compiler: Interpreter) -> dict[str, Bundle]:
    """Return the bundles of a checkout, all made under a umask."""
    workspace = Workspace(root, root / ".local" / "bundles")
    before = os.umask(umask)
    try:
        return {function.name: aged(of_function(function), workspace, compiler) for function in DEPLOYED}
    finally:
        os.umask(before)


def aged(contents: Contents, workspace: Workspace, compiler: Interpreter) -> Bundle:
    """Return a bundle whose files, before it was zipped, were given a time of the checkout's own."""
    when = 10**9 + len(str(workspace.root)) * 10**5
    filled = build(contents, workspace=workspace, platform="deployed", interpreter=compiler)
    for path in filled.rglob("*"):
        os.utime(path, (when, when))
    return zipped(contents, workspace=workspace, platform="deployed", interpreter=compiler)


@pytest.mark.network
def test_a_zip_holds_the_folder(floor: Bundle, workspace: Workspace, running: Interpreter, tmp_path: Path) -> None:
    """Its files are those of the folder, with their modes, and its sizes are told."""
    unpacked = build(module(tmp_path, "A = 1\n"), workspace=workspace, platform="host", interpreter=running)
    with zipfile.ZipFile(floor.path) as archive:
        entries = archive.infolist()
        for entry in entries:
            assert archive.read(entry) == (unpacked / entry.filename).read_bytes()
            assert entry.external_attr >> 16 == (unpacked / entry.filename).stat().st_mode
    assert {entry.filename for entry in entries} == {
        path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()
    }
    assert floor.unpacked_bytes == sum(entry.file_size for entry in entries)
    assert floor.zipped_bytes == floor.path.stat().st_size
    assert floor.digest == digest_of(unpacked)


@pytest.mark.network
def test_a_bundle_is_zipped_once(floor: Bundle, workspace: Workspace, running: Interpreter, tmp_path: Path) -> None:
    """As long as its contents are the same, the zip that is there is returned, untouched."""
    before = floor.path.stat().st_ino
    again = zipped(module(tmp_path, "A = 1\n"), workspace=workspace, platform="host", interpreter=running)
    assert again == floor
    assert again.path.stat().st_ino == before


def test_a_digest_is_of_the_contents_alone(tmp_path: Path) -> None:
    """Neither the place nor the times of a folder are in it, nor in its zip."""
    first, second = folder(tmp_path / "first"), folder(tmp_path / "second")
    for path in second.rglob("*"):
        os.utime(path, (10**9, 10**9))
    pack(first, tmp_path / "first.zip")
    pack(second, tmp_path / "second.zip")
    assert digest_of(first) == digest_of(second)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


@pytest.mark.parametrize("change", CHANGES)
def test_another_content_has_another_digest(change: str, tmp_path: Path) -> None:
    """Whatever a function could tell apart makes another bundle of it."""
    before = digest_of(folder(tmp_path))
    CHANGES[change](tmp_path)
    assert digest_of(tmp_path) != before
