"""Each plausible mistake is seen by the check that is named for it, and by none of them where there is no mistake."""

import pytest

from criteria.finding import UNJUDGED, findings
from proof.mistakes import DATABASE, ENGINES, NETWORK, PERMISSIONS, REFUSED, SERVING, STACKS, Case
from templates.edit import Edit
from templates.made import TemplatesOf
from templates.resolve import ResolveError, resolve

pytestmark = pytest.mark.slow

CASES = (*NETWORK, *PERMISSIONS, *DATABASE, *ENGINES, *SERVING, *STACKS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_caught(case: Case, templates_of: TemplatesOf) -> None:
    """The check passes on the templates as they are, and fails on the same with the mistake in them."""
    clean = templates_of(case.variant)
    assert findings(case.check, clean) == []
    edit = Edit(clean.written)
    case.make(edit)
    found = findings(case.check, resolve(edit.done()))
    assert [finding for finding in found if not finding.startswith(UNJUDGED)] != []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cloudformation_would_refuse_is_refused(case: Case, templates_of: TemplatesOf) -> None:
    """Templates that CloudFormation could not even read are not resolved."""
    edit = Edit(templates_of(case.variant).written)
    case.make(edit)
    with pytest.raises(ResolveError, match=case.name):
        resolve(edit.done())


def test_every_mistake_has_a_name_of_its_own() -> None:
    """The names tell the cases apart."""
    assert len({case.name for case in CASES}) == len(CASES)
