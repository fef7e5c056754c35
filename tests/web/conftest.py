"""The pages over a small office, for Flask's test client."""

import pytest

from tests.selecting import Selection, house_of


@pytest.fixture
def site(office):
    """The web application with its pages; `site.as_("hanna")` is a signed-in browser."""
    from tests.support import Front  # noqa: PLC0415  # only tests with a database pay for it

    return Front(office, with_pages=True)


@pytest.fixture
def selection(site, clock):
    """The published processes with real operations; `selection.until("score_candidate")`."""
    selection = Selection(site.office, clock)
    site.app.extensions["cursus.house"] = house_of(site.office)
    return selection
