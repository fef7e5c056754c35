"""The signing key: one for all processes, readable by its owner alone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cursus import config

MANY = 16


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.delenv("CURSUS_SIGNING_KEY_FILE", raising=False)
    return config.Config(data=tmp_path / "data", host="", port=0, workers=1)


def test_processes_that_begin_at_once_have_the_same_whole_key(settings, monkeypatch):
    """All find that there is none, and draw one at the same moment."""
    together = threading.Barrier(MANY)
    exists = Path.exists

    def wait(path):
        is_there = exists(path)
        if path.name == "signing.key":
            together.wait()
        return is_there

    monkeypatch.setattr(Path, "exists", wait)
    with ThreadPoolExecutor(MANY) as threads:
        keys = set(threads.map(lambda _: config.signing_key(settings), range(MANY)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert [one.name for one in settings.data.iterdir()] == ["signing.key"]


def test_the_key_is_its_owners_alone(settings):
    config.signing_key(settings)
    assert (settings.data / "signing.key").stat().st_mode & 0o077 == 0
