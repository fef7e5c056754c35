"""Pages of me."""

from web.pages import Pages

pages = Pages("me", __name__)
