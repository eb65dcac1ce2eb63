"""The environment of a function's process: Lambda's own variables, the function's, and no others."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import awslambdaric
import pytest

from local.runtime import Code, ReservedVariableError, Runtime

pytestmark = pytest.mark.anyio

Start = Callable[..., Runtime]

ENVIRON = """
    import os
    def handler(event, context): return dict(os.environ)
"""


async def environ(runtime: Runtime) -> dict[str, str]:
    """Return what the process of a function finds in its environment."""
    return cast("dict[str, str]", (await runtime.invoke("probe", None)).document())


async def test_the_environment_is_lambdas_and_the_functions(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is what Lambda documents, what the manifest and the stage give, and nothing of the developer's shell."""
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "hunter2")
    monkeypatch.setenv("AWS_PROFILE", "production")
    async with start(ENVIRON, memory=256, environment={"OWN": "manifest"}, environ={"STAGE": "local"}) as runtime:
        found = await environ(runtime)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    expected = {
        "_HANDLER": "probe_handler.handler",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "probe",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/probe",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "AWS_REGION": "us-east-1",
        "LANG": "en_US.UTF-8",
        "OWN": "manifest",
        "STAGE": "local",
        "TZ": ":UTC",
    }
    assert {name: found.get(name) for name in expected} == expected
    rest = set(found) - set(expected)
    # Python itself sets LC_CTYPE where LANG names no locale of the machine (PEP 538); macOS adds the last.
    assert rest - {"LC_CTYPE", "PYTHONPATH", "__CF_USER_TEXT_ENCODING"} == {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "PATH",
        "_X_AMZN_TRACE_ID",
    }


async def test_paths_point_at_the_code_and_the_runtime(start: Start, tmp_path: Path) -> None:
    """The code's folder is the task root, the working folder and first on the path."""
    source = """
        import os, sys, awslambdaric
        def handler(event, context):
            return [os.environ["LAMBDA_TASK_ROOT"], os.getcwd(), sys.path[0], os.environ["LAMBDA_RUNTIME_DIR"],
                    os.path.dirname(os.path.dirname(awslambdaric.__file__))]
    """
    async with start(source) as runtime:
        *roots, runtime_dir, found = cast("list[str]", (await runtime.invoke("probe", None)).document())
    assert set(roots) == {str(tmp_path / "task")}
    assert runtime_dir == found


async def test_each_environment_has_a_log_stream_and_an_api_of_its_own(start: Start) -> None:
    """Two environments differ in the stream they log to and in the Runtime API they ask."""
    source = """
        import os
        def handler(event, context):
            if event: os._exit(0)
            return [os.environ["AWS_LAMBDA_LOG_STREAM_NAME"], os.environ["AWS_LAMBDA_RUNTIME_API"]]
    """
    async with start(source) as runtime:
        first = cast("list[str]", (await runtime.invoke("probe", None)).document())
        await runtime.invoke("probe", "crash")
        second = cast("list[str]", (await runtime.invoke("probe", None)).document())
    assert first[0] != second[0]
    assert first[1].startswith("127.0.0.1:")


@pytest.mark.parametrize("given", ["environment", "environ"])
async def test_reserved_variables_are_refused_as_on_lambda(start: Start, given: str) -> None:
    """A function that sets what Lambda reserves would not deploy; it is told before anything runs."""
    with pytest.raises(ReservedVariableError, match="'probe' sets AWS_REGION, _HANDLER") as refused:
        await start(ENVIRON, **{given: {"AWS_REGION": "x", "_HANDLER": "x", "FINE": "x"}}).__aenter__()
    assert refused.value.variables == ("AWS_REGION", "_HANDLER")


async def test_what_lambda_does_not_reserve_a_function_may_set(start: Start) -> None:
    """A function's own time zone wins over Lambda's."""
    async with start(ENVIRON, environment={"TZ": "Europe/Copenhagen"}) as runtime:
        assert (await environ(runtime))["TZ"] == "Europe/Copenhagen"


@pytest.fixture
def runtime_dir(tmp_path: Path) -> Path:
    """Return a folder with awslambdaric and what it needs, as `/var/runtime` is."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    packages = Path(awslambdaric.__file__).parent.parent
    for entry in packages.iterdir():
        if entry.name.startswith(("awslambdaric", "simplejson", "snapshot_restore_py", "runtime_client")):
            (folder / entry.name).symlink_to(entry)
    return folder


async def test_another_interpreter_and_runtime_folder_run_a_bundle(
    start: Start, write: Callable[[str], Path], bare_python: Path, runtime_dir: Path
) -> None:
    """Code runs on any interpreter, with awslambdaric from a folder, as a deployed bundle does."""
    task_root = write("""
        import sys, os, awslambdaric
        def handler(event, context): return [sys.executable, os.environ["LAMBDA_RUNTIME_DIR"], awslambdaric.__file__]
    """)
    async with start("", code=Code(task_root, python=bare_python, runtime_dir=runtime_dir)) as runtime:
        outcome = await runtime.invoke("probe", None)
    folder = str(runtime_dir)
    assert outcome.document() == [str(bare_python), folder, f"{folder}/awslambdaric/__init__.py"]
