"""Story 1.8 Health check: what of it runs on AWS. The local stage and `deploy` show the rest (1.8.6, 1.8.8, 1.8.9)."""

import pytest

from criteria import health
from criteria.finding import findings
from templates.model import Templates

pytestmark = pytest.mark.slow


def test_1_8_1_the_function_is_as_declared(variant: Templates) -> None:
    """The function has the handler, memory and timeout of the manifest."""
    assert findings(health.function, variant) == []


def test_1_8_2_to_4_the_function_may_sign_in_to_each_engine(templates: Templates) -> None:
    """Health may sign in to PostgreSQL, Redis and OpenSearch."""
    assert findings(health.signs_in, templates) == []


def test_1_8_5_the_api_has_the_route(variant: Templates) -> None:
    """`GET /health` of an HTTP API invokes the function, throttled and logged."""
    assert findings(health.route, variant) == []


def test_1_8_7_every_execution_is_logged(variant: Templates) -> None:
    """Functions log JSON, to groups with retention."""
    assert findings(health.logs, variant) == []


def test_1_8_10_the_address_is_told(variant: Templates) -> None:
    """The address of the API is public, and an output."""
    assert findings(health.url, variant) == []
