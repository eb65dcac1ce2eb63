"""`watch`: the functions of a dev stage follow the sources, on moto's server."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from botocore.stub import Stubber

from core.sdk import AccessDeniedError, Clients
from infra.bundle import Bundle, BundleError
from infra.cli import main
from infra.commands.signing_in import Work
from infra.commands.watch import follow
from infra.deployed import NotDeployedError

pytestmark = pytest.mark.slow

Make = Callable[[str, str], Bundle]
Deploy = Callable[[str, Bundle], None]


def runs(aws: Clients, name: str) -> str:
    """Return the digest of the code that a function runs."""
    return aws.lambda_.get_function_configuration(FunctionName=f"mocstack-dev-{name}")["CodeSha256"]


def digest(bundle: Bundle) -> str:
    """Return the digest of a bundle, as Lambda gives it."""
    return base64.b64encode(hashlib.sha256(bundle.path.read_bytes()).digest()).decode()


def test_what_has_changed_is_updated_and_nothing_else(work: Work, bundle: Make, deployed: Deploy) -> None:
    """At the beginning, and after each change; a function whose code is the same is left alone."""
    one, two, three = (bundle("health", text) for text in ("one", "two", "three"))
    other = bundle("provision", "other")
    deployed("health", one)
    deployed("provision", other)
    builds: Iterator[Mapping[str, Bundle]] = iter([{"health": now, "provision": other} for now in (two, two, three)])
    said: list[str] = []
    seen: list[str] = []

    def changes() -> Iterator[object]:
        for _ in range(2):
            seen.append(runs(work.clients, "health"))
            yield object()

    follow(work, lambda: next(builds), changes(), said.append)
    assert seen == [digest(two), digest(two)]
    assert runs(work.clients, "health") == digest(three)
    assert runs(work.clients, "provision") == digest(other)
    assert [line.split(" in ")[0] for line in said] == [
        "health updated",
        "watching packages/{core,db,functions}/src; Ctrl-C ends",
        "health updated",
    ]


def test_a_source_that_can_not_be_built_is_said_and_the_next_change_tried(
    work: Work, bundle: Make, deployed: Deploy
) -> None:
    """Whoever is in the middle of a change need not start it again."""
    good = bundle("health", "good")
    deployed("health", bundle("health", "old"))
    failed = False

    def build() -> Mapping[str, Bundle]:
        nonlocal failed
        if not failed:
            failed = True
            raise BundleError("it can't be compiled")
        return {"health": good}

    said: list[str] = []
    follow(work, build, [object()], said.append)
    assert said[0] == "error: it can't be compiled"
    assert runs(work.clients, "health") == digest(good)


def test_a_function_that_is_not_deployed_is_a_line(work: Work, bundle: Make) -> None:
    """A new function comes by a deployment."""
    with pytest.raises(NotDeployedError, match="there is no function mocstack-dev-new; `nox -s deploy -- dev`"):
        follow(work, lambda: {"new": bundle("new", "x")}, [], lambda _: None)


def test_who_may_not_update_is_told_what_it_takes(work: Work, bundle: Make, deployed: Deploy) -> None:
    """The actions are named."""
    deployed("health", bundle("health", "old"))
    with Stubber(work.clients.lambda_) as stubber:
        stubber.add_client_error("get_function_configuration", "AccessDeniedException", "no", 403)
        with pytest.raises(AccessDeniedError, match="needs lambda:GetFunctionConfiguration and lambda:Update"):
            follow(work, lambda: {"health": bundle("health", "new")}, [], lambda _: None)


@pytest.mark.parametrize("stage", ["staging", "production"])
@pytest.mark.usefixtures("own_aws_environment")
def test_stages_that_people_rely_on_are_refused(
    stage: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anybody is asked to sign in."""
    monkeypatch.setenv("MOCSTACK_REGION", "eu-central-1")
    monkeypatch.setenv("MOCSTACK_ORIGINS", "https://app.example.com")
    monkeypatch.setenv("MOCSTACK_ALARM_EMAIL", "alarms@example.com")
    monkeypatch.chdir(Path(__file__).parents[4])
    assert main(["watch", stage]) == 1
    assert capsys.readouterr().err.startswith(
        f"error: watch is for dev and personal stages: {stage!r} gets its code by"
    )
