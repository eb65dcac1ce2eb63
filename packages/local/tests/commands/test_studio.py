"""`studio` as a person runs it, in a checkout of its own."""

import http.client
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from .conftest import SECONDS

if TYPE_CHECKING:
    import subprocess

    from .conftest import Checkout

pytestmark = pytest.mark.engines


def url_of(process: "subprocess.Popen[str]") -> str:
    """Return where a started studio is, once it is ready."""
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if line.startswith("studio "):
            url = line.split()[1]
        if line.startswith("ready"):
            return url
    pytest.fail("the studio did not become ready")


def get(url: str, path: str) -> tuple[int, str]:
    """Ask a studio for a page."""
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_the_local_database_until_it_is_ended(checkout: "Checkout", number: signal.Signals) -> None:
    """PostgreSQL alone runs, the schema is at head, every table has its page; then nothing of it is left."""
    process = checkout.start("studio")
    url = url_of(process)
    status, first = get(url, "/")
    assert status == 200
    assert "my_postgres" in first
    assert get(url, "/wishlist_items/list")[0] == 200
    process.send_signal(number)
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert "stopping: " in said
    assert "Traceback" not in said
    assert not (checkout.folder / ".local" / "state.json").exists()


def test_a_second_one_says_where_the_first_is(checkout: "Checkout") -> None:
    """Its port stays what it was: the address that a person has open goes on."""
    first = checkout.start("studio")
    url = url_of(first)
    second = checkout.run("studio")
    assert second.returncode == 0, second.stderr
    assert second.stdout.splitlines() == [f"the studio is served already: {url}"]
    assert get(url, "/")[0] == 200
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=SECONDS)
    again = checkout.start("studio")
    assert url_of(again) == url


def test_a_port_that_is_taken_is_one_line(checkout: "Checkout") -> None:
    """Who asks for a port that something else has is told so, and nothing is left running."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken: int = other.getsockname()[1]
        done = checkout.run("studio", "--port", str(taken))
    assert done.returncode == 1
    assert f"error: the studio can't listen on 127.0.0.1:{taken}" in done.stderr
    assert not (checkout.folder / ".local" / "state.json").exists()


def test_the_address_is_only_loopbacks(checkout: "Checkout") -> None:
    """It is asked by a name of this machine, or not at all."""
    url = url_of(checkout.start("studio"))
    assert url.startswith("http://127.0.0.1:")
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)) as connection:
        connection.request("GET", "/", headers={"Host": "evil.example"})
        assert connection.getresponse().status == 403
