"""The README is true: every path of its map exists, and its commands are targets."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def _map():
    table = README.split("## Where things live")[1].split("##")[0]
    return re.findall(r"`([^`]+)`", table)


@pytest.mark.parametrize("path", _map())
def test_every_path_of_the_map_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench", "help", "format"])
def test_every_make_command_is_a_documented_target(target):
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert f"make {target}" in README


def test_every_dependency_is_named_with_its_licence():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.match(r"[\w.-]+", one)[0].casefold() for one in wanted}
    told = (ROOT / "LICENSES" / "THIRD-PARTY.txt").read_text()
    known = {line.partition(":")[0].casefold() for line in told.splitlines() if ":" in line}
    assert names - known == set()
