"""Every text of the pages is in the catalogues; French is complete."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from web.language import CATALOGUES, deadline

WEB = Path(CATALOGUES).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


def _texts():
    found = extract_from_dir(
        str(WEB), METHODS, OPTIONS, keywords={"_": None, "gettext": None, "ngettext": (1, 2)}
    )
    return {one[2] if isinstance(one[2], str) else one[2][0] for one in found}


def _catalogue(code) -> Catalog:
    text = (CATALOGUES / code / "LC_MESSAGES" / "messages.po").read_bytes()
    return read_po(BytesIO(text), locale=code)


def _pairs(code):
    for message in _catalogue(code):
        if message.id:
            yield message.id, message.string


@pytest.mark.parametrize("code", ["fr", "de"])
def test_every_text_of_the_pages_is_in_the_catalogue(code):
    known = {one if isinstance(one, str) else one[0] for one, _ in _pairs(code)}
    assert len(known) > 100
    assert _texts() - known == set()


def test_french_is_complete():
    empty = [
        one
        for one, found in _pairs("fr")
        if not (all(found) if isinstance(found, tuple | list) else found)
    ]
    assert empty == []


@pytest.mark.parametrize("code", ["fr", "de"])
def test_a_translation_keeps_the_places_of_its_text(code):
    for one, found in _pairs(code):
        texts = found if isinstance(found, tuple | list) else [found]
        first = one if isinstance(one, str) else one[1]
        for text in filter(None, texts):
            assert set(PLACE.findall(text)) <= set(PLACE.findall(first)), text
            if isinstance(one, str):
                assert set(PLACE.findall(text)) == set(PLACE.findall(first)), text


def test_the_language_is_chosen_and_kept(site):
    browser = site.as_("lara")
    page = browser.get("/work", headers={"Accept-Language": "fr-BE,fr;q=0.9"})
    assert '<html lang="fr">' in page.get_data(as_text=True)
    chosen = browser.post("/language", data={"language": "de", "next": "/work"})
    assert chosen.status_code == 303
    page = browser.get("/work", headers={"Accept-Language": "fr-BE,fr;q=0.9"})
    assert '<html lang="de">' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-01-07T23:00:00Z", "end of 7 Jan 2026"),  # midnight in Brussels
        ("2026-01-07T22:59:59Z", "7 Jan 2026, 23:59"),
        ("2026-06-30T22:00:00Z", "end of 30 Jun 2026"),
    ],
)
def test_a_deadline_at_midnight_ends_with_the_day_before(site, at, said):
    with site.app.test_request_context("/"):
        shown = deadline(datetime.fromisoformat(at))
    assert shown.striptags() == said
    assert datetime.fromisoformat(re.search('datetime="([^"]+)"', shown)[1]) == (
        datetime.fromisoformat(at)
    )
