"""Reading a stage's variables from the environment and from its env file."""

import io
import os
import re
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
from .stage import SIZINGS

Purpose = Literal["synth", "deploy"]
"""What settings are for: `synth` makes templates, without an account if need be; `deploy` is all that talks to AWS."""

_EXAMPLE = re.compile(r"mocstack\.example\b")
"""What the committed files of the stages put where only you know the value; nobody can own the domain (RFC 2606)."""


def load(
    stage: str, *, purpose: Purpose, environ: Mapping[str, str] = os.environ, env_file: Path | None = None
) -> StageSettings:
    """Return what a stage that is deployed, or is to be, is given.

    An empty variable counts as one that is not set.

    Args:
        stage: the stage's name.
        purpose: `deploy` needs the account too.
        environ: the environment; it wins over the file.
        env_file: further variables, if the file is there: see `env_file_of`. What a personal stage's does not say is
            taken from `dev.env` beside it, but for what is dev's own (`Variable.own`).

    Raises:
        StageNameError: no stage can have the name, or it is `local`, which needs no settings and is not deployed.
        SettingsError: variables are missing, wrong or unknown, or to deploy, still those of an example; it lists them
            all.
    """
    if check_stage(stage) == LOCAL:
        raise StageNameError(
            stage, "is the stage on a laptop: it needs no settings and is not deployed; see `nox -s dev`"
        )
    in_files, problems = _read_all(env_file)
    given = in_files | {name: value for name, value in environ.items() if name.upper().startswith(PREFIX) and value}
    values = _named_by_field(given)
    if purpose == "deploy" and "account" not in values:
        problems.append(missing("account"))
    if purpose == "deploy":
        problems.extend(_examples(values))
    settings: StageSettings | None = None
    try:
        settings = StageSettings.model_validate({**values, "stage": stage})
    except ValidationError as error:
        problems.extend(_invalid(error))
    problems.extend(_unknown(given))
    if settings is None or problems:
        raise SettingsError(stage, tuple(problems), " and ".join(["the environment", *map(_shown, _files(env_file))]))
    return settings


def env_file_of(root: Path, stage: str) -> Path:
    """Return the file of a stage's variables in a checkout; it need not be there."""
    return root / "stages" / f"{stage}.env"


def region_of(*, environ: Mapping[str, str] = os.environ, env_file: Path | None = None) -> str | None:
    """Return the region that a stage is given, whatever else is missing: for what asks a stage that is deployed.

    Its form is not checked. None where none is given, as on a machine that deploys nothing.
    """
    in_files, _ = _read_all(env_file)
    name = variable_name("region")
    return (environ.get(name) or in_files.get(name, "")).strip() or None


def _files(env_file: Path | None) -> list[Path]:
    """Return the files that count for a stage, the one that wins first."""
    if env_file is None:
        return []
    return [env_file] if env_file.stem in SIZINGS else [env_file, env_file.with_name("dev.env")]


def _read_all(env_file: Path | None) -> tuple[dict[str, str], list[Problem]]:
    own = {variable_name(field) for field, variable in variables().items() if variable.own}
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for file in _files(env_file):
        found, wrong = _read(file)
        values = {name: value for name, value in found.items() if file == env_file or name not in own} | values
        problems.extend(wrong)
    return values, problems


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


def _examples(values: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(variable_name(field), "is still that of the example: give yours")
        for field in ("origins", "alarm_email")
        if _EXAMPLE.search(str(values.get(field, "")))
    ]


def _shown(path: Path) -> str:
    """Return a path as it is said to someone who works in the folder above it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


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
