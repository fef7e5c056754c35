"""The pages over a small office, for Flask's test client."""

import pytest

import web


@pytest.fixture
def site(front):
    """The web application with its pages; `site.as_("hanna")` is a signed-in browser."""
    web.install(front.app)
    return front
