"""What all pages of the register share: its parts, and its values in words."""

from web.language import _, words
from web.pages import Pages

pages = Pages("register", __name__)


def tabs() -> list[tuple[str, str, str]]:
    """Return name, title and address of the parts of the register."""
    return [
        ("search", _("Search"), "/register"),
        ("import", _("Extracts"), "/register/import"),
    ]


def diploma_word(level: str | None) -> str:
    """Return a level of diploma in words."""
    known = {
        "none": _("no diploma"),
        "compulsory": _("compulsory education"),
        "secondary": _("secondary"),
        "secondary_access": _("secondary giving access to higher education"),
        "post_secondary": _("post-secondary"),
        "university": _("university, three years or more"),
    }
    return known.get(level or "", words(level) if level else "")


@pages.context_processor
def _words() -> dict[str, object]:
    return {"register_tabs": tabs, "diploma_word": diploma_word}
