"""Pages of studio."""

from web.pages import Pages

pages = Pages("studio", __name__)
