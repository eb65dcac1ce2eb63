"""The templates of every stage, synthesized once a run for all workers."""

from functools import cache
from pathlib import Path

import pytest

from templates.made import Synthesize, TemplatesOf, WrittenOf
from templates.model import Templates, Written, read
from templates.releases import RELEASES, releases
from templates.resolve import resolve
from templates.variants import STAGES, VARIANTS, changes


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Synthesize:
    """Return what has a folder of assemblies made, by whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    return Synthesize(base if worker_id == "master" else base.parent)


@pytest.fixture(scope="session")
def assemblies(synthesize: Synthesize) -> Path:
    """Return the folder of the cloud assemblies of every release, with what cdk-nag finds in each."""
    return synthesize("releases", RELEASES, "--nag", "heeding")


@pytest.fixture(scope="session")
def templates_of(assemblies: Path) -> TemplatesOf:
    """Return what gives the templates of a release, resolved, by the names of `RELEASES`."""

    @cache
    def of(name: str) -> Templates:
        return resolve(read(assemblies / name, releases()[name].config))

    return of


@pytest.fixture(scope="session")
def changed(synthesize: Synthesize) -> WrittenOf:
    """Return what gives a variant with one value changed, by the names of `changes`."""
    folder = synthesize("changes", tuple(changes()))

    @cache
    def of(name: str) -> Written:
        return read(folder / name, changes()[name])

    return of


@pytest.fixture(params=STAGES)
def templates(request: pytest.FixtureRequest, templates_of: TemplatesOf) -> Templates:
    """Return the templates of dev, staging and production in turn."""
    return templates_of(request.param)


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest, templates_of: TemplatesOf) -> Templates:
    """Return the templates of every variant in turn."""
    return templates_of(request.param)
