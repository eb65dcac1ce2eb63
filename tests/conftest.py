"""Fixtures of the tests of the workspace as a whole."""

from collections.abc import Iterator

import pytest

from clone import Clone, open_clone


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """Return a clone of the checkout, shared by the tests of one worker."""
    with open_clone(tmp_path_factory.mktemp("clone") / "checkout") as made:
        yield made
