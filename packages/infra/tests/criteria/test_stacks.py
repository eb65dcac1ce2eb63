"""The two stacks themselves, beyond the numbers of the criteria."""

import pytest

from criteria import stacks
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_stacks_are_protected_where_data_is_kept(variant: Templates) -> None:
    """Staging and production can't be deleted by accident; dev and a personal stage can be removed at will."""
    assert findings(stacks.protected, variant) == []
