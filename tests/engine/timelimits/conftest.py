import pytest


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: these rules take the day as an argument."""
