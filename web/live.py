"""Pages of live."""

from web.pages import Pages

pages = Pages("live", __name__)
