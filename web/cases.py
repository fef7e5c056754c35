"""Pages of cases."""

from web.pages import Pages

pages = Pages("cases", __name__)
