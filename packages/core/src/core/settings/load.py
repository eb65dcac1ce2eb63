"""Reading a stage's variables from the environment and from its env file."""

import io
import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from dotenv.parser import parse_stream
from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource

from core.errors import StageNameError
from core.names import LOCAL, check_stage

from .errors import Problem, SettingsError
from .schema import PREFIX, StageSettings, missing, variable_name, variables

Purpose = Literal["synth", "deploy"]
"""What settings are for: `synth` makes templates, without an account if need be; `deploy` is all that talks to AWS."""


def load(
    stage: str, *, purpose: Purpose, environ: Mapping[str, str] = os.environ, env_file: Path | None = None
) -> StageSettings:
    """Return what a stage that is deployed, or is to be, is given.

    An empty variable counts as one that is not set.

    Args:
        stage: the stage's name.
        purpose: `deploy` needs the account too.
        environ: the environment; it wins over the file.
        env_file: further variables, if the file is there: `stages/<stage>.env`.

    Raises:
        StageNameError: no stage can have the name, or it is `local`, which needs no settings and is not deployed.
        SettingsError: variables are missing, wrong or unknown; it lists them all.
    """
    if check_stage(stage) == LOCAL:
        raise StageNameError(
            stage, "is the stage on a laptop: it needs no settings and is not deployed; see `nox -s dev`"
        )
    in_file, problems = _read(env_file)
    given = in_file | {name: value for name, value in environ.items() if name.upper().startswith(PREFIX) and value}
    values = _named_by_field(given)
    if purpose == "deploy" and "account" not in values:
        problems.append(missing("account"))
    settings: StageSettings | None = None
    try:
        settings = StageSettings.model_validate({**values, "stage": stage})
    except ValidationError as error:
        problems.extend(_invalid(error))
    problems.extend(_unknown(given))
    if settings is None or problems:
        raise SettingsError(
            stage, tuple(problems), f"the environment and {env_file}" if env_file else "the environment"
        )
    return settings


def _read(env_file: Path | None) -> tuple[dict[str, str], list[Problem]]:
    try:
        text = env_file.read_text("utf-8") if env_file else ""
    except FileNotFoundError:
        return {}, []
    except UnicodeDecodeError:
        return {}, [Problem(str(env_file), "is not text in UTF-8")]
    lines = list(parse_stream(io.StringIO(text)))
    problems = [Problem(f"{env_file}, line {line.original.line}", "is not NAME=value") for line in lines if line.error]
    return {line.key: line.value for line in lines if line.key and line.value}, problems


def _named_by_field(given: Mapping[str, str]) -> dict[str, object]:
    source = EnvSettingsSource(StageSettings)
    # It matches names without regard to case, by their lower form; here only the exact names count.
    known = {variable_name(field) for field in variables()}
    source.env_vars = {name.lower(): value for name, value in given.items() if name in known}
    return source()


def _invalid(error: ValidationError) -> list[Problem]:
    problems: dict[str, Problem] = {}
    for detail in error.errors():
        field = str(detail["loc"][0])
        match detail["type"]:
            case "missing" if len(detail["loc"]) == 1:
                problem = missing(field)
            case "conflict":
                problem = Problem(variable_name(field), detail["msg"])
            case _:
                problem = Problem(variable_name(field), f"is wrong: it must be {variables()[field].form}")
        problems.setdefault(field, problem)
    return list(problems.values())


def _unknown(given: Mapping[str, str]) -> list[Problem]:
    known = {variable_name(field) for field in variables()}
    return [Problem(name, f"is not a variable of a stage{_hint(name)}") for name in sorted(set(given) - known)]


def _hint(name: str) -> str:
    # Names are compared without the prefix, by which any two would be alike.
    close = get_close_matches(name.lower().removeprefix(PREFIX.lower()), variables(), n=1)
    return f": did you mean {variable_name(close[0])}?" if close else ""
