"""Fixtures of the tests of the workspace as a whole."""

import pytest

from clone import Clone, make_clone


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Return a clone of the checkout, shared by the tests of one worker."""
    return make_clone(tmp_path_factory.mktemp("clone") / "checkout")
