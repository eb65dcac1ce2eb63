"""The package as others import it."""

import subprocess
import sys


def test_importing_it_connects_to_nothing_and_loads_no_driver() -> None:
    """`import db` costs nothing until its parts are used."""
    program = "import sys; before = set(sys.modules); import db; print(*sorted(set(sys.modules) - before))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["db"]
