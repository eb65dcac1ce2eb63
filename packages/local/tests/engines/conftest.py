"""Engines of a test's own, outside of any stage."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from local.artifacts import Cache, this_platform
from local.engines import Definition, Engine, EngineName, Memory, Site, engine_account
from local.paths import cache_folder
from local.stage.ports import claim


class Workshop:
    """A place for engines, which the user that they run as can reach."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self.folder = folder
        self.cache = cache
        self._engines: list[Engine] = []

    def site(self, name: EngineName) -> Site:
        """Return where an engine lives: the same place for the same name."""
        return Site(
            engine=name,
            folder=self.folder / name,
            log=self.folder / f"{name}.log",
            port=claim(self.folder, name),
            account=None if name == "s3" else engine_account(),
            cache=self.cache,
            platform=this_platform(),
        )

    def start(self, definition: Definition) -> Engine:
        """Start an engine; it is killed at the end."""
        engine = Engine(definition, Memory())
        self._engines.append(engine)
        engine.start()
        return engine

    def close(self) -> None:
        """Kill every engine."""
        for engine in self._engines:
            engine.kill()


@contextmanager
def open_workshop(cache: Cache) -> Generator[Workshop]:
    """Make a workshop, and tear it down at the end."""
    folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="engines-"))
    folder.chmod(0o711)
    workshop = Workshop(folder, cache)
    try:
        yield workshop
    finally:
        workshop.close()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cache() -> Cache:
    """Return the user's cache, with every program in it."""
    # In a process of its own, because tests may use no network.
    subprocess.run((sys.executable, "-m", "local.artifacts"), check=True, stdout=subprocess.DEVNULL)
    return Cache(cache_folder())


@pytest.fixture
def workshop(cache: Cache) -> Generator[Workshop]:
    """Return a workshop of the test's own."""
    with open_workshop(cache) as made:
        yield made


@pytest.fixture(scope="module")
def shared_workshop(cache: Cache) -> Generator[Workshop]:
    """Return a workshop that the tests of a module share."""
    with open_workshop(cache) as made:
        yield made


@pytest.fixture
def bare_workshop(workshop: Workshop) -> Workshop:
    """Return a workshop with a cache of its own: it has every program, and no archive of classes yet."""
    folder = workshop.folder / "cache"
    folder.mkdir(mode=0o755)
    for program in workshop.cache.folder.glob("[!.]*"):
        if program.is_dir():
            (folder / program.name).symlink_to(program)
    workshop.cache = replace(workshop.cache, folder=folder)
    return workshop
