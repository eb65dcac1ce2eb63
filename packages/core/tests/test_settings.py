"""Which variables a stage needs, where they are read from, and how what is wrong with them is said."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core import CoreError
from core.settings import Purpose, SettingsError, StageNameError, StageSettings, check_stage, load
from core.settings.schema import variable_name, variables

REGION = {"MOCSTACK_REGION": "eu-central-1"}
RELEASE = REGION | {"MOCSTACK_ORIGINS": "https://app.example.com", "MOCSTACK_ALARM_EMAIL": "ops@example.com"}
ACCOUNT = {"MOCSTACK_ACCOUNT": "123456789012"}
KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"


def problems(
    stage: str, environ: dict[str, str], purpose: Purpose = "synth", env_file: Path | None = None
) -> list[str]:
    """Return what is wrong, a sentence each."""
    with pytest.raises(SettingsError) as caught:
        load(stage, purpose=purpose, environ=environ, env_file=env_file)
    assert isinstance(caught.value, CoreError)
    assert caught.value.stage == stage
    sentences = [str(problem) for problem in caught.value.problems]
    assert all(sentence in str(caught.value) for sentence in [stage, *sentences])
    return sentences


def subjects(stage: str, environ: dict[str, str], purpose: Purpose = "synth") -> list[str]:
    """Return the names of the variables that something is wrong with."""
    return [problem.split()[0] for problem in problems(stage, environ, purpose)]


def test_a_dev_stage_needs_a_region() -> None:
    """The rest has defaults: no origins, nobody to alarm, no bastion, no CDN, a bucket and zones of its own."""
    assert subjects("dev", {}) == ["MOCSTACK_REGION"]
    assert load("dev", purpose="synth", environ=REGION) == StageSettings(stage="dev", region="eu-central-1")


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_a_release_stage_needs_origins_and_an_address_for_alarms_too(stage: str) -> None:
    """People rely on it, so someone must hear of its failures, and CORS must know its frontend."""
    assert subjects(stage, {}) == ["MOCSTACK_REGION", "MOCSTACK_ORIGINS", "MOCSTACK_ALARM_EMAIL"]
    loaded = load(stage, purpose="synth", environ=RELEASE)
    assert loaded.origins == ("https://app.example.com",)
    assert loaded.alarm_email == "ops@example.com"


@pytest.mark.parametrize("stage", ["dev", "jane", "staging", "production"])
def test_to_deploy_every_stage_needs_its_account(stage: str) -> None:
    """What talks to AWS fails at its start without an account, in the same error as everything else."""
    assert subjects(stage, RELEASE, "deploy") == ["MOCSTACK_ACCOUNT"]
    assert subjects(stage, {}, "deploy")[:2] == ["MOCSTACK_ACCOUNT", "MOCSTACK_REGION"]
    assert load(stage, purpose="deploy", environ=RELEASE | ACCOUNT).require_account() == "123456789012"


def test_settings_without_an_account_never_pass_for_settings_with_one() -> None:
    """Templates can be made without an account; asking for it then is an error that names the variable."""
    loaded = load("dev", purpose="synth", environ=REGION)
    assert loaded.account is None
    with pytest.raises(
        SettingsError, match="MOCSTACK_ACCOUNT is missing: it must be 12 digits; it is needed to deploy"
    ):
        loaded.require_account()


def test_a_wrong_account_is_wrong_for_templates_too() -> None:
    """An account that need not be given must still be one if it is."""
    assert subjects("dev", REGION | {"MOCSTACK_ACCOUNT": "1234"}) == ["MOCSTACK_ACCOUNT"]


def test_everything_that_is_given_is_read() -> None:
    """Every variable arrives in the field of its name."""
    environ = RELEASE | ACCOUNT
    environ |= {"MOCSTACK_BASTION": "true", "MOCSTACK_CDN": "true", "MOCSTACK_CDN_PUBLIC_KEY": KEY}
    environ |= {"MOCSTACK_BUCKET_NAME": "our-files", "MOCSTACK_AVAILABILITY_ZONES": "eu-central-1b,eu-central-1c"}
    assert load("production", purpose="deploy", environ=environ) == StageSettings(
        stage="production",
        account="123456789012",
        region="eu-central-1",
        origins=("https://app.example.com",),
        alarm_email="ops@example.com",
        bastion=True,
        cdn=True,
        cdn_public_key=KEY,
        bucket_name="our-files",
        availability_zones=("eu-central-1b", "eu-central-1c"),
    )
    reused = load("dev", purpose="synth", environ=REGION | {"MOCSTACK_EXISTING_BUCKET": "old-files"})
    assert reused.existing_bucket == "old-files"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Missing, wrong, contradictory and misspelled variables are one error, and each says what it must be."""
    environ = {
        "MOCSTACK_REGOIN": "eu-central-1",
        "MOCSTACK_ORIGINS": "https://app.example.com/",
        "MOCSTACK_CDN": "on",
        "MOCSTACK_EXISTING_BUCKET": "old-files",
        "MOCSTACK_BUCKET_NAME": "our-files",
        "MOCSTACK_AVAILABILITY_ZONES": "eu-central-1a",
    }
    assert [sentence.split(": it must be")[0] for sentence in problems("production", environ, "deploy")] == [
        "MOCSTACK_ACCOUNT is missing",
        "MOCSTACK_REGION is missing",
        "MOCSTACK_ORIGINS is wrong",
        "MOCSTACK_ALARM_EMAIL is missing",
        "MOCSTACK_CDN_PUBLIC_KEY is missing",
        "MOCSTACK_EXISTING_BUCKET can't be given together with MOCSTACK_CDN and MOCSTACK_BUCKET_NAME",
        "MOCSTACK_AVAILABILITY_ZONES is wrong",
        "MOCSTACK_REGOIN is not a variable of a stage: did you mean MOCSTACK_REGION?",
    ]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*(variable_name(field) for field in variables()), "MOCSTACK_STAGE", "MOCSTACK_BUCKET_NAMES"]),
        st.text(st.characters(exclude_categories=["Cs"])).map("<a secret>{}".format),
        min_size=1,
    )
)
def test_every_wrong_variable_is_named_and_no_value_is_shown(environ: dict[str, str]) -> None:
    """Whatever the values are, the error names all of the variables and repeats none of the values."""
    with pytest.raises(SettingsError) as caught:
        load("production", purpose="deploy", environ=environ)
    assert set(environ) <= {problem.subject for problem in caught.value.problems}
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("MOCSTACK_ALARM_MAIL", ": did you mean MOCSTACK_ALARM_EMAIL?"),
        ("mocstack_cdn", ": did you mean MOCSTACK_CDN?"),
        ("MOCSTACK_STAGE", ""),
        ("MOCSTACK_", ""),
    ],
)
def test_an_unknown_variable_is_an_error(name: str, hint: str) -> None:
    """A misspelled variable is not ignored; what it may have meant is said where something is close."""
    assert problems("dev", REGION | {name: "x"}) == [f"{name} is not a variable of a stage{hint}"]


def test_variables_of_others_are_no_business_of_a_stage() -> None:
    """Without our prefix, nothing in the environment is looked at."""
    assert load("dev", purpose="synth", environ=REGION | {"REGION": "x", "ACCOUNT": "y", "PATH": "z"})


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    """CI systems set what they have no value for to the empty string."""
    assert subjects("dev", {"MOCSTACK_REGION": ""}) == ["MOCSTACK_REGION"]
    assert load("dev", purpose="synth", environ=REGION | {"MOCSTACK_ACCOUNT": "", "MOCSTACK_CDN": ""}).cdn is False


def test_an_env_file_gives_what_the_environment_does_not(tmp_path: Path) -> None:
    """The environment wins over the file, and an empty variable does not."""
    env_file = tmp_path / "dev.env"
    env_file.write_text(
        f'# ours\nMOCSTACK_REGION=eu-west-1\nexport MOCSTACK_CDN=true\nMOCSTACK_CDN_PUBLIC_KEY="{KEY}"\n'
    )
    loaded = load("dev", purpose="synth", environ={}, env_file=env_file)
    assert (loaded.region, loaded.cdn, loaded.cdn_public_key) == ("eu-west-1", True, KEY)
    assert load("dev", purpose="synth", environ=REGION, env_file=env_file).region == "eu-central-1"
    assert load("dev", purpose="synth", environ={"MOCSTACK_REGION": ""}, env_file=env_file).region == "eu-west-1"


def test_an_env_file_need_not_be_there(tmp_path: Path) -> None:
    """The environment alone will do, and an error says where the file would be."""
    env_file = tmp_path / "dev.env"
    assert load("dev", purpose="synth", environ=REGION, env_file=env_file)
    with pytest.raises(SettingsError, match=r"the environment and .*dev\.env"):
        load("dev", purpose="synth", environ={}, env_file=env_file)


def test_what_is_wrong_in_an_env_file_is_said_with_the_rest(tmp_path: Path) -> None:
    """A name of no variable, with our prefix or not, and a line that can't be read are not ignored."""
    env_file = tmp_path / "dev.env"
    env_file.write_text('REGION=eu-west-1\nMOCSTACK_CDN_PUBLIC_KEY="-----BEGIN\n')
    assert [sentence.split(":")[0] for sentence in problems("dev", {}, env_file=env_file)] == [
        f"{env_file}, line 2 is not NAME=value",
        "MOCSTACK_REGION is missing",
        "REGION is not a variable of a stage",
    ]
    env_file.write_bytes(b"MOCSTACK_REGION=\xff")
    assert problems("dev", REGION, env_file=env_file) == [f"{env_file} is not text in UTF-8"]


@pytest.mark.parametrize("stage", ["dev", "staging", "production", "jane", "jane-2", "a1", "a-b-c-d-e-f-g-h2"])
def test_a_stage_has_a_plain_short_name(stage: str) -> None:
    """Names of AWS resources are made of it."""
    assert check_stage(stage) == stage


@pytest.mark.parametrize(
    "stage", ["", "a", "Dev", "2nd", "-dev", "dev-", "a--b", "a_b", "dev\n", "dév", "a" * 17, "a-b-c-d-e-f-g-h-i"]
)
def test_no_stage_has_another_name(stage: str) -> None:
    """A name that some resource could not bear is refused, and shown."""
    with pytest.raises(StageNameError, match="is no name of a stage: 2 to 16 lower-case") as caught:
        load(stage, purpose="synth", environ=REGION)
    assert caught.value.stage == stage
    assert isinstance(caught.value, CoreError)


def test_the_local_stage_is_not_deployed() -> None:
    """A laptop needs no settings; deploying its stage is refused whatever is given."""
    with pytest.raises(StageNameError, match="it needs no settings and is not deployed"):
        load("local", purpose="deploy", environ=REGION | ACCOUNT)


@pytest.mark.parametrize(
    ("stage", "sizing"),
    [("dev", "dev"), ("jane", "dev"), ("prod", "dev"), ("staging", "staging"), ("production", "production")],
)
def test_every_stage_but_staging_and_production_is_sized_like_dev(stage: str, sizing: str) -> None:
    """A personal stage costs what dev costs."""
    assert load(stage, purpose="synth", environ=RELEASE).sizing == sizing


def test_settings_are_made_of_their_arguments_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only `load` reads the environment, so settings in a test are what the test says; and they can't be changed."""
    monkeypatch.setenv("MOCSTACK_ACCOUNT", "123456789012")
    made = StageSettings(stage="dev", region="eu-central-1")
    assert made.account is None
    with pytest.raises(ValidationError, match="frozen"):
        made.region = "eu-west-1"
    assert load("dev", purpose="synth", environ=REGION).account is None
    monkeypatch.setenv("MOCSTACK_REGION", "eu-west-1")
    assert load("dev", purpose="deploy").require_account() == "123456789012"


def test_functions_do_not_load_the_settings() -> None:
    """`import core` and signing bring neither pydantic nor the settings into a process."""
    program = "import core, core.signing, sys; print('core.settings' in sys.modules, 'pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]
