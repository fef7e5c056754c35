"""Pages of history."""

from web.pages import Pages

pages = Pages("history", __name__)
