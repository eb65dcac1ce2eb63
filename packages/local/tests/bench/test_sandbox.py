"""Processes that are measured, under the genuine runtime client."""

import time
from collections.abc import Callable

import psutil
import pytest

from local.bench import cold, modules, warm
from local.bench.errors import NotMeasurableError
from local.bench.sandbox import Contender, Sandbox

from .conftest import HEALTHY

SLOW_AT_FIRST = """
import time
fast = handler
def handler(event, context):
    if not body.get("known"):
        body["known"] = True
        time.sleep(1)
    return fast(event, context)
"""

Make = Callable[[str], Contender]


def test_a_function_is_started_and_invoked_again_and_again(contender: Make) -> None:
    """Each invocation has the answer of the same process."""
    counting = "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return [n, event['rawPath']]"
    with Sandbox(contender(counting), {}) as sandbox:
        assert sandbox.start() > 0
        answers = [sandbox.exchange()[1] for _ in range(3)]
    assert answers == [[1, "/health"], [2, "/health"], [3, "/health"]]


def test_the_time_of_an_invocation_is_that_of_the_handler(contender: Make) -> None:
    """What the handler waits is in the figure, and what happens between invocations is not."""
    slow = "import time\ndef handler(event, context):\n    time.sleep(0.05)\n    return {}"
    with Sandbox(contender(slow), {}) as sandbox:
        began = time.perf_counter()
        sandbox.start()
        seconds, _ = sandbox.exchange()
        whole = time.perf_counter() - began
    assert 0.05 <= seconds < whole


def test_a_function_sees_what_it_is_given_and_nothing_else(contender: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is Lambda's and the given one, not this process's."""
    monkeypatch.setenv("OF_THE_DEVELOPER", "1")
    names = "import os\ndef handler(event, context):\n    return dict(os.environ)"
    with Sandbox(contender(names), {"STAGE": "local"}) as sandbox:
        sandbox.start()
        variables = sandbox.exchange()[1]
    assert isinstance(variables, dict)
    assert variables["STAGE"] == "local"
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "health"
    assert "OF_THE_DEVELOPER" not in variables


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "{'statusCode': 503, 'body': json.dumps(body)}",
        "{'statusCode': 200, 'body': json.dumps({**body, 'status': 'degraded'})}",
        "{'statusCode': 200, 'body': json.dumps({**body, 'components': {}})}",
    ],
)
def test_only_an_answer_that_all_is_well_is_measured(contender: Make, answer: str) -> None:
    """The time of an answer that something is wrong means nothing, so it is an error."""
    source = HEALTHY[: HEALTHY.index("    return")] + f"    return {answer}\n"
    with Sandbox(contender(source), {}) as sandbox:
        sandbox.start()
        with pytest.raises(NotMeasurableError, match="it can't be measured: it answered"):
            sandbox.invoke()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("raise SystemExit(3)", "the process ended"),
        ("def handler(event, context):\n    print('on its way')\n    raise ValueError('wrong')", "wrong"),
    ],
    ids=["import", "exit", "handler"],
)
def test_a_function_that_fails_is_an_error_with_its_log(contender: Make, source: str, said: str) -> None:
    """Whoever reads the error sees why, whether it failed at its import or in its handler, and does not wait."""
    with pytest.raises(NotMeasurableError, match=said):
        cold.measure([contender(source)], {}, 1, lambda: None)


def test_no_process_is_left(contender: Make) -> None:
    """A sandbox that is closed has ended its process."""
    with Sandbox(contender("import os\ndef handler(event, context):\n    return os.getpid()"), {}) as sandbox:
        sandbox.start()
        number = sandbox.exchange()[1]
        assert isinstance(number, int)
        assert psutil.pid_exists(number)
    assert not psutil.pid_exists(number)


def test_every_round_has_a_cold_start_of_each(contender: Make) -> None:
    """A cold start is a new process, and the rounds of all contenders go in step."""
    it = contender(HEALTHY)
    done: list[None] = []
    measured = cold.measure([it], {}, 3, lambda: done.append(None))
    assert len(measured["it"]) == len(done) == 3
    assert all(start.total == start.init + start.first for start in measured["it"])
    assert all(start.init > start.first > 0 for start in measured["it"])


def test_warm_rounds_leave_the_first_invocations_out(contender: Make) -> None:
    """The first invocation, slower than all that follow, is in no figure."""
    measured = warm.measure([contender(HEALTHY + SLOW_AT_FIRST)], {}, warm.Plan(1, 30), lambda: None)
    assert measured["it"][0].p50 <= measured["it"][0].p99 < 0.5


def test_modules_are_counted_after_the_first_answer(contender: Make) -> None:
    """What the handler loads while it answers counts, what psycopg and the runtime client load does not."""
    code = contender("import psycopg\ndef handler(event, context):\n    import colorsys\n    return {}").code
    loaded = modules.count(code, "only.handler", {})
    assert {"colorsys", "only"} <= loaded.beyond
    assert not {"psycopg", "json", "awslambdaric.bootstrap"} & loaded.beyond
    assert {"psycopg", "json", "awslambdaric.bootstrap"} <= loaded.modules
    assert loaded.forbidden == ()


def test_forbidden_modules_are_named(contender: Make) -> None:
    """A package that the cold path may not load is found, however it came there."""
    code = contender("def handler(event, context):\n    import requests, redis\n    return {}").code
    (code.task_root / "redis.py").write_text("")
    (code.task_root / "requests.py").write_text("")
    assert modules.count(code, "only.handler", {}).forbidden == ("redis", "requests")
