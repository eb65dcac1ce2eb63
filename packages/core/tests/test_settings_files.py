"""The env files of stages: which count for a stage, and those that are committed."""

from pathlib import Path

import pytest

from core.settings import SettingsError, env_file_of, load, region_of

ROOT = Path(__file__).parents[3]
ACCOUNT = {"MOCSTACK_ACCOUNT": "123456789012"}


def write(root: Path, stage: str, *lines: str) -> Path:
    """Write the file of a stage, and return it."""
    file = env_file_of(root, stage)
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines) + "\n")
    return file


def test_a_personal_stage_takes_from_dev_what_it_does_not_say(tmp_path: Path) -> None:
    """Its own file wins over dev's, variable by variable, and the environment over both."""
    write(tmp_path, "dev", "MOCSTACK_REGION=eu-west-1", "MOCSTACK_BASTION=true", "MOCSTACK_ACCOUNT=123456789012")
    jane = env_file_of(tmp_path, "jane")
    loaded = load("jane", purpose="deploy", environ={}, env_file=jane)
    assert (loaded.region, loaded.bastion, loaded.account) == ("eu-west-1", True, "123456789012")
    assert region_of(environ={}, env_file=jane) == "eu-west-1"

    write(tmp_path, "jane", "MOCSTACK_REGION=eu-north-1")
    loaded = load("jane", purpose="synth", environ={"MOCSTACK_BASTION": "false"}, env_file=jane)
    assert (loaded.region, loaded.bastion) == ("eu-north-1", False)
    assert region_of(environ={}, env_file=jane) == "eu-north-1"


def test_a_personal_stage_does_not_take_what_is_of_dev_alone(tmp_path: Path) -> None:
    """Two stages with one bucket would be one's loss when the other is removed; alarms are for who runs the stage."""
    write(tmp_path, "dev", "MOCSTACK_REGION=eu-west-1", "MOCSTACK_BUCKET_NAME=ours", "MOCSTACK_ALARM_EMAIL=a@b.org")
    loaded = load("jane", purpose="synth", environ={}, env_file=env_file_of(tmp_path, "jane"))
    assert (loaded.bucket_name, loaded.alarm_email) == (None, None)
    write(tmp_path, "dev", "MOCSTACK_REGION=eu-west-1", "MOCSTACK_EXISTING_BUCKET=theirs")
    assert load("dev", purpose="synth", environ={}, env_file=env_file_of(tmp_path, "dev")).existing_bucket == "theirs"
    assert load("jane", purpose="synth", environ={}, env_file=env_file_of(tmp_path, "jane")).existing_bucket is None


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_a_release_stage_takes_nothing_from_dev(stage: str, tmp_path: Path) -> None:
    """What is good enough for dev must not reach people unasked."""
    write(tmp_path, "dev", "MOCSTACK_REGION=eu-west-1", "MOCSTACK_ORIGINS=https://a.org")
    with pytest.raises(SettingsError) as caught:
        load(stage, purpose="synth", environ={}, env_file=env_file_of(tmp_path, stage))
    assert [problem.subject for problem in caught.value.problems] == [
        "MOCSTACK_REGION",
        "MOCSTACK_ORIGINS",
        "MOCSTACK_ALARM_EMAIL",
    ]
    assert "dev.env" not in str(caught.value)


def test_an_error_names_the_files_that_count_as_one_would_open_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one problem makes one line."""
    write(tmp_path, "dev")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load("jane", purpose="synth", environ={}, env_file=env_file_of(tmp_path, "jane"))
    assert str(caught.value) == (
        "the stage 'jane' is not given what it needs, by the environment and stages/jane.env and stages/dev.env: "
        "MOCSTACK_REGION is missing: it must be an AWS region, such as `eu-central-1`"
    )


def test_what_is_wrong_in_dev_s_file_is_wrong_for_a_personal_stage(tmp_path: Path) -> None:
    """It is read there, and nothing that is read is ignored."""
    file = write(tmp_path, "dev", "MOCSTACK_REGION=eu-west-1", "MOCSTACK_REGOIN=x", 'MOCSTACK_CDN="tr')
    with pytest.raises(SettingsError) as caught:
        load("jane", purpose="synth", environ={}, env_file=env_file_of(tmp_path, "jane"))
    assert [problem.subject for problem in caught.value.problems] == [f"{file}, line 3", "MOCSTACK_REGOIN"]


@pytest.mark.parametrize("stage", ["dev", "jane", "staging", "production"])
def test_the_committed_files_are_enough_for_templates(stage: str) -> None:
    """A new clone makes every stage's templates; left to fill in is the account, and what nobody can guess."""
    file = env_file_of(ROOT, stage)
    loaded = load(stage, purpose="synth", environ={}, env_file=file)
    assert loaded.account is None
    with pytest.raises(SettingsError) as caught:
        load(stage, purpose="deploy", environ={}, env_file=file)
    left = ["MOCSTACK_ACCOUNT"]
    if stage in ("staging", "production"):
        left += ["MOCSTACK_ORIGINS", "MOCSTACK_ALARM_EMAIL"]
    assert [problem.subject for problem in caught.value.problems] == left


def test_an_example_is_not_deployed() -> None:
    """Alarms would go to nobody, and CORS let nobody in, without a word."""
    mine = {"MOCSTACK_ORIGINS": "https://app.mocstack.org", "MOCSTACK_ALARM_EMAIL": "me@mocstack.org"} | ACCOUNT
    file = env_file_of(ROOT, "production")
    assert load("production", purpose="deploy", environ=mine, env_file=file).alarm_email == "me@mocstack.org"
    for name in ("MOCSTACK_ORIGINS", "MOCSTACK_ALARM_EMAIL"):
        without = {key: value for key, value in mine.items() if key != name}
        with pytest.raises(SettingsError, match=f"{name} is still that of the example: give yours"):
            load("production", purpose="deploy", environ=without, env_file=file)
