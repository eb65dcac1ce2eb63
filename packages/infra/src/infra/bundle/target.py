"""What a bundle is built for."""

from typing import Literal

Platform = Literal["deployed", "host"]
"""`deployed`: what Lambda runs the functions on. `host`: this machine, for tests and the bench."""

DEPLOYED_PYTHON = "3.13"
"""The minor version of the managed runtime, `python3.13`."""

DEPLOYED_WHEELS = "aarch64-manylinux_2_28"
"""Whose wheels are taken: arm64, and the glibc of the runtime's Amazon Linux 2023 is 2.34. The older name
manylinux2014 resolves to an old psycopg without a word."""

TASK_ROOT = "/var/task"
"""Where Lambda unpacks a bundle: compiled code says it comes from there, whatever folder it was built in."""

ROOTS_NAME = "amazon-roots.pem"
"""The file of every bundle that holds the roots that AWS's own services are certified by."""

ROOTS_FILE = f"{TASK_ROOT}/{ROOTS_NAME}"
"""Where a function finds them: the `ca_file` of each link on AWS."""
