"""Where things are kept."""

import os
from pathlib import Path

import pytest

from local.paths import cache_folder, data_folder


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose folders as for an ordinary user, whoever runs the tests."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose folders as for root, whoever runs the tests."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.usefixtures("ordinary")
def test_a_user_may_choose_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME is followed where it is absolute, as its specification says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "mocstack"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder().is_relative_to(Path.home())


@pytest.mark.usefixtures("ordinary")
def test_a_users_data_lies_in_the_stage(tmp_path: Path) -> None:
    """Nothing of a stage is anywhere else."""
    assert data_folder(tmp_path) == tmp_path / "data"


@pytest.mark.usefixtures("root")
def test_roots_folders_are_outside_of_home_and_checkout(tmp_path: Path) -> None:
    """Neither the cache nor the data is in a place that may be closed to other users."""
    for folder in (cache_folder(), data_folder(tmp_path)):
        assert not folder.is_relative_to(Path.home())
        assert not folder.is_relative_to(tmp_path)


@pytest.mark.usefixtures("root")
def test_each_checkout_has_data_of_its_own(tmp_path: Path) -> None:
    """The folder is the same for the same stage, by whatever path, and another for another."""
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert data_folder(tmp_path / "a") == data_folder(tmp_path / "link")
    assert data_folder(tmp_path / "a") != data_folder(tmp_path / "b")
