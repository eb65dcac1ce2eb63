"""Extension modules without what only a debugger reads."""

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.bundle import Interpreter, Workspace, of_function
from infra.bundle.contents import pin
from infra.bundle.debugging import blank_debug_sections, sections
from infra.bundle.install import install_locked

from .conftest import DEPLOYED

_LOAD = 1
"""PT_LOAD: what the dynamic linker maps."""


def mapped(data: bytes) -> list[bytes]:
    """Return the parts of an ELF file that are mapped when it runs, by its program headers."""
    (table,) = struct.unpack_from("<Q", data, 0x20)
    entry, count = struct.unpack_from("<HH", data, 0x36)
    headers = [struct.unpack_from("<IIQQQQ", data, table + index * entry) for index in range(count)]
    return [data[start : start + size] for kind, _, start, _, _, size in headers if kind == _LOAD]


@pytest.mark.network
def test_the_deployed_bundles_have_no_debug_data(deployed: Mapping[str, Path]) -> None:
    """Every byte of every debug section is a zero, and there are such sections."""
    found = [
        data[section.start : section.start + section.size]
        for folder in deployed.values()
        for data in (path.read_bytes() for path in folder.rglob("*.so*"))
        for section in sections(data)
        if section.name.startswith(".debug")
    ]
    assert found
    assert all(data.count(0) == len(data) for data in found)


@pytest.mark.network
def test_what_runs_is_not_touched(
    deployed: Mapping[str, Path], workspace: Workspace, compiler: Interpreter, tmp_path: Path
) -> None:
    """What the linker maps of each library is, to the byte, what its distribution was published with."""
    requirements, installed = tmp_path / "requirements.txt", tmp_path / "installed"
    requirements.write_text(pin(of_function(DEPLOYED[-1]), workspace).requirements)
    install_locked(requirements, installed, workspace=workspace, platform="deployed", interpreter=compiler)
    bundle = deployed[DEPLOYED[-1].name]
    libraries = [path.relative_to(installed) for path in installed.rglob("*.so*")]
    blanked = [path for path in libraries if (bundle / path).read_bytes() != (installed / path).read_bytes()]
    assert blanked
    for path in libraries:
        assert mapped((bundle / path).read_bytes()) == mapped((installed / path).read_bytes())
        assert (bundle / path).stat().st_size == (installed / path).stat().st_size


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """A file of another form, however short, is what it was."""
    contents = {"empty": b"", "short": b"\x7fELF", "bits32": b"\x7fELF\x01\x01" + bytes(60), "text": b".debug_info"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    blank_debug_sections(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in contents} == contents
