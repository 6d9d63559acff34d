"""The libraries that refimpl has adapters for: their reports in the notes are what comes out today."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from refimpl.oracle.peers import PEERS

PAGE = Path(__file__).parent.parent / "docs" / "peers.md"

BLOCK = re.compile(r"^```text\n\$ refimpl verify (?P<name>\S+)\n(?P<report>.*?)^```$", re.MULTILINE | re.DOTALL)

BLOCKS = {block["name"]: block["report"] for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}

DISTRIBUTIONS = {"sklearn": "scikit-learn"}
"""Where what is installed has another name than what is imported."""


BELOW = ("numpy", "scipy")
"""Peers on which others stand: with other versions of these their last digits may be others."""


def test_every_adapter_has_its_report() -> None:
    assert list(BLOCKS) == list(PEERS)


@pytest.mark.parametrize("name", BLOCKS)
def test_the_report_is_the_one_of_the_notes(name: str) -> None:
    for peer in (*BELOW, name):
        (version,) = re.findall(rf"{re.escape(peer)} (\S+) against", BLOCKS[peer])
        library = DISTRIBUTIONS.get(PEERS[peer].library, PEERS[peer].library)
        try:
            installed = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{library} is not installed")
        if installed != version:
            pytest.skip(f"the reports are of {library} {version}; {installed} is installed")
    done = subprocess.run(
        [sys.executable, "-m", "refimpl", "verify", name], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 1, done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == BLOCKS[name].splitlines()
