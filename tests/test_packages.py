"""Each package stands alone: it installs with what it declares, and imports without the extras it does not need."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]  # a package is installed


@dataclass(frozen=True)
class Alone:
    """A package in an environment of its own.

    Attributes:
        package: its import name.
        imports: what must be importable without any extra.
        absent: distributions' modules that must not come along.
    """

    package: str
    imports: tuple[str, ...]
    absent: tuple[str, ...]


PACKAGES = [
    Alone("core", ("core", "core.manifest", "core.signing", "core.environment"), ("psycopg", "pydantic", "db")),
    Alone("db", ("db", "core.connections.postgres"), ("functions", "pydantic")),
    Alone("functions", ("functions.manifest",), ("psycopg", "infra", "local")),
    Alone("infra", ("infra", "infra.bundle", "functions.manifest"), ("psycopg", "local", "db")),
    Alone("local", ("local", "local.runtime", "core.health", "db"), ("infra", "pytest")),
]


def uv(*arguments: str, environment: Path) -> None:
    """Run uv on an environment of the test's own."""
    program = os.environ.get("UV") or shutil.which("uv")
    assert program, "uv is what these tests are about"
    environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment)}
    environ.pop("VIRTUAL_ENV", None)
    subprocess.run([program, *arguments], cwd=ROOT, env=environ, check=True, capture_output=True, text=True)


@pytest.mark.parametrize("alone", PACKAGES, ids=lambda alone: alone.package)
def test_a_package_installs_and_imports_alone(alone: Alone, tmp_path: Path) -> None:
    """Built as a wheel, with only what it declares, it imports; and nothing else comes along."""
    environment = tmp_path / "alone"
    package = f"mocstack-{alone.package}"
    uv(
        "sync",
        "--locked",
        "--quiet",
        "--no-default-groups",
        "--no-editable",
        "--package",
        package,
        environment=environment,
    )
    program = [
        "import importlib, importlib.util, pathlib, sys",
        *(f"importlib.import_module({module!r})" for module in alone.imports),
        f"print(*[name for name in {alone.absent!r} if importlib.util.find_spec(name)])",
        f"folder = pathlib.Path(importlib.import_module({alone.package!r}).__file__).parent",
        f"assert folder.is_relative_to({str(environment)!r}), folder",
        "assert (folder / 'py.typed').exists(), 'its types would be lost'",
    ]
    ran = subprocess.run(
        [environment / "bin" / "python", "-I", "-c", "\n".join(program)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.split() == []


def test_every_package_of_the_workspace_is_tried() -> None:
    """A new package can't be forgotten here."""
    assert {folder.name for folder in (ROOT / "packages").iterdir()} == {alone.package for alone in PACKAGES}


def test_every_package_has_tests_and_says_what_it_is_for() -> None:
    """A package has a tests folder, a description and a docstring."""
    for alone in PACKAGES:
        folder = ROOT / "packages" / alone.package
        assert (folder / "tests").is_dir(), folder
        assert (folder / "src" / alone.package / "__init__.py").read_text().startswith('"""'), folder
