"""The pages over a small office, for Flask's test client."""

import pytest

import web
from tests.selecting import Selection, house_of


@pytest.fixture
def site(front):
    """The web application with its pages; `site.as_("hanna")` is a signed-in browser."""
    web.install(front.app)
    return front


@pytest.fixture
def selection(site, clock):
    """The published processes with real operations; `selection.until("score_candidate")`."""
    selection = Selection(site.office, clock)
    site.app.extensions["cursus.house"] = house_of(site.office)
    return selection
