"""Pages of finder."""

from web.pages import Pages

pages = Pages("finder", __name__)
