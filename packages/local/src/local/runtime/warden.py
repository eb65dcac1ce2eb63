"""What ends the environments when the stage can't: it was killed with -9.

An idle environment ends by itself, because the connection on which it waits for the next event breaks. One whose
handler runs on, in an endless loop say, does not notice. So a small shell holds the other end of a pipe: it is told
each process group, and kills those that are left when the pipe closes. A signal at the parent's death
(PR_SET_PDEATHSIG) would reach neither macOS nor what the handler started.
"""

import os
import signal
import subprocess

_SCRIPT = """
groups=" "
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0
"""


class Warden:
    """Kills the process groups it guards once this process is gone. Its shell starts with the first of them."""

    def __init__(self) -> None:
        self._shell: tuple[subprocess.Popen[bytes], int] | None = None

    def guard(self, group: int) -> None:
        """Take a process group under guard."""
        if self._shell is None:
            reader, pipe = os.pipe()
            # A session of its own: neither Ctrl-C nor a kill of the stage's group may end it first.
            self._shell = subprocess.Popen(["/bin/sh", "-c", _SCRIPT], stdin=reader, start_new_session=True), pipe
            os.close(reader)
        self._tell(f"+ {group}\n")

    def release(self, group: int) -> None:
        """Forget a process group that is guarded and has ended: its number may be given to another."""
        self._tell(f"- {group}\n")

    def close(self) -> None:
        """End the shell, which kills what it still guards."""
        if self._shell is not None:
            shell, pipe = self._shell
            self._shell = None
            os.close(pipe)
            shell.wait()

    def _tell(self, line: str) -> None:
        if self._shell is None:
            return
        try:
            os.write(self._shell[1], line.encode())
        except BrokenPipeError:
            # Somebody ended the shell. The stage itself still ends its environments.
            return


def kill_group(group: int) -> None:
    """Kill every process of a group that is still there."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Nobody is left; macOS says EPERM of a group of which only a zombie is.
        return
