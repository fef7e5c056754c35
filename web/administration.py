"""Pages of administration."""

from web.pages import Pages

pages = Pages("administration", __name__)
