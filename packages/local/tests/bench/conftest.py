"""Functions of one file, run by the tests' own interpreter."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.bench.sandbox import Contender
from local.runtime.layout import Code, inspect

HEALTHY = """
import json
body = {"status": "healthy", "components": {n: {"status": "healthy"} for n in ("postgres", "redis", "opensearch")}}
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(body)}
"""
"""A handler that says that all is well."""


@pytest.fixture
def contender(tmp_path: Path) -> Callable[[str], Contender]:
    """Make a contender of the source of its only module."""

    def make(source: str) -> Contender:
        (tmp_path / "only.py").write_text(source)
        code = Code(tmp_path, Path(sys.executable))
        return Contender("it", code, asyncio.run(inspect(code)), "only.handler")

    return make
