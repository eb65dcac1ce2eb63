"""One command at a time on a stage of a checkout: what is deployed must not be written anew meanwhile."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from infra.errors import InfraError


class CheckoutBusyError(InfraError):
    """Another command works on the stage in this checkout.

    Attributes:
        stage: the stage's name.
    """

    def __init__(self, stage: str, process: str) -> None:
        super().__init__(
            f"another command works on the stage {stage!r} in this checkout (process {process}): wait for its end"
        )
        self.stage = stage


@contextmanager
def alone(root: Path, stage: str) -> Generator[None]:
    """Hold the stage while the block runs; the kernel frees that of a process that is killed.

    Raises:
        CheckoutBusyError: somebody else has it.
    """
    folder = root / ".local" / "cdk"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{stage}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CheckoutBusyError(stage, file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
