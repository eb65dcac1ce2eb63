"""`invoke --debug`: a debugger in a handler, on a real terminal."""

import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

_SCRIPT = """
import asyncio, sys
from pathlib import Path
from core.manifest import Function
from local.runtime import Code, Runtime

async def main():
    function = Function(name="probe", handler="probe_handler.handler", description="", timeout=1)
    async with Runtime([function], environ_for=lambda _: {}, code=Code(Path(sys.argv[1]))) as runtime:
        outcome = await runtime.invoke("probe", {"number": 20}, debug=True)
        print(type(outcome).__name__, outcome.document(), flush=True)

asyncio.run(main())
"""


def test_a_breakpoint_takes_orders_from_the_terminal(write: Callable[[str], Path]) -> None:
    """A debugger shows the source, reads the terminal, and may take longer than the function's timeout."""
    task_root = write("""
        import time
        def handler(event, context):
            number = event["number"]
            breakpoint()
            time.sleep(1.2)  # longer than the timeout, which does not hold
            return number
    """)
    terminal, child = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(task_root)], stdin=child, stdout=child, stderr=child)
    os.close(child)
    try:
        shown = _read_until(terminal, "(Pdb)")
        assert "handler()" in shown
        assert "-> " in shown  # the source's line: this one or the next, by the version of Python
        os.write(terminal, b"number += 22\n")
        _read_until(terminal, "(Pdb)")
        os.write(terminal, b"continue\n")
        assert "Succeeded 42" in _read_until(terminal, "Succeeded 42")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def _read_until(terminal: int, text: str) -> str:
    shown = b""
    deadline = time.monotonic() + 20
    while text.encode() not in shown:
        assert time.monotonic() < deadline, shown
        shown += os.read(terminal, 4096)
    return shown.decode()
