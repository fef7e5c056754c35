"""Pages of calls."""

from web.pages import Pages

pages = Pages("calls", __name__)
