"""When a process is gone."""

import signal
import socket
import sys
from pathlib import Path

from local.engines import processes

LISTENER = """
import pathlib, socket, threading, time
memory = bytearray(b"x") * 200_000_000  # what the system takes its time to free
for _ in range(60):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
server = socket.create_server(("127.0.0.1", 0))
part = pathlib.Path("port.part")
part.write_text(str(server.getsockname()[1]))
part.rename("port")
time.sleep(60)
"""
"""A program of many threads that listens on a port, which it writes down."""


def test_a_killed_process_is_not_gone_before_its_ports_are_closed(tmp_path: Path) -> None:
    """Its first thread may be a zombie while others still end: until they have, connections are accepted."""
    command = processes.Command(arguments=(sys.executable, "-c", LISTENER), environment={}, folder=tmp_path)
    process = processes.spawn(command, log=tmp_path / "log", account=None)
    try:
        while not (tmp_path / "port").exists():
            assert processes.is_alive(process), (tmp_path / "log").read_text()
    finally:
        processes.send(process, signal.SIGKILL)
    assert processes.wait_gone([process], 30.0)
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", int((tmp_path / "port").read_text()))) != 0
