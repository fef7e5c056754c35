import pytest

from tests.engine.history import streams


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: events take their instant as an argument."""


@pytest.fixture(scope="session")
def stream():
    """Two hundred events; the contents of the 50th and 51st are erased, the 52nd says so."""
    return streams.make()
