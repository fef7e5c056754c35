"""What the engine says is recognised and said in French; its catalogue is complete."""

import re
from datetime import date, datetime
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from engine import drafts, timelimits
from tests.support import REVIEW
from web import language, sentences
from web.extraction_python import is_sentence, raised_in, said_in
from web.extraction_python import sentences as all_sentences

PLACE = re.compile(r"\{\w+\}")


@pytest.fixture
def french():
    with Flask("words").test_request_context(headers={"Accept-Language": "fr"}):
        yield sentences.sentence


def _catalogue(code):
    path = language.CATALOGUES / code / "LC_MESSAGES" / f"{language.ENGINE}.po"
    return {
        one.id: one.string for one in read_po(BytesIO(path.read_bytes()), locale=code) if one.id
    }


@pytest.mark.parametrize("code", ["fr", "de"])
def test_what_the_engine_says_is_in_the_catalogue(code):
    assert set(_catalogue(code)) == set(all_sentences()), "run make messages"


def test_french_is_complete():
    assert [text for text, told in _catalogue("fr").items() if not told] == []


@pytest.mark.parametrize("code", ["fr", "de"])
def test_a_translation_keeps_the_places_of_its_sentence(code):
    for text, told in _catalogue(code).items():
        assert not told or sorted(PLACE.findall(told)) == sorted(PLACE.findall(text)), text


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("P20D", "20 jours"),
        ("P1Y6M", "1 an et 6 mois"),
        ("P4.5M", "4,5 mois"),
        ("P1W", "1 semaine"),
    ],
)
def test_a_period_is_said_in_words(french, period, said):
    found = sentences.derived(f"{period} from the event end on Mon 02.03.2026.")
    assert found.replace("\xa0", " ").startswith(f"{said} à compter")


def test_a_sentence_of_the_source_becomes_a_pattern():
    source = '''
class Case:
    """A case."""

    def close(self, who):
        """Close it."""
        raise Conflict(f"{who!r} closed this at {self.at.isoformat()}", remedy="load it again")
'''
    assert list(said_in(source)) == ["{who} closed this at {at}", "load it again"]
    assert list(raised_in(source)) == ["{who} closed this at {at}", "load it again"]
    assert not any(is_sentence(one) for one in ("select", "dict[str, Any]", "default-src 'none'"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Sign in first.", "Connectez-vous d\u2019abord."),
        ("There is no user 'zoe'", "Il n\u2019y a pas d\u2019utilisateur «\u00a0zoe\u00a0»"),
        (
            "hanna changed this case at 2026-03-02T10:00:00+00:00",
            "hanna a modifié ce dossier\u00a0: 2 mars 2026, 11:00",
        ),
        (
            "lara may not case:read; it takes: hr_officer, auditor",
            "lara ne peut pas exécuter case:read\u00a0; il faut\u00a0: Gestionnaire RH, Auditeur",
        ),
        ("There must be at least 3 characters.", "Il faut au moins 3 caractères."),
        (
            "rule 3, input Cause holds x, which is not FEEL: why",
            "règle 3, entrée Cause contient x, qui n\u2019est pas du FEEL\u00a0: why",
        ),
        ("What nobody wrote stays.", "What nobody wrote stays."),
        ("", ""),
    ],
)
def test_a_sentence_is_said_in_french(french, said, told):
    assert french(said) == told


def test_a_sentence_in_english_stays_as_it_is():
    with Flask("words").test_request_context(headers={"Accept-Language": "en"}):
        assert sentences.sentence("There is no user 'zoe'") == "There is no user 'zoe'"


def test_every_step_of_a_time_limit_is_said_in_french(french):
    limits = (
        timelimits.legal_limit(date(2026, 3, 2), "P1M", "LUX"),
        timelimits.legal_limit(date(2026, 1, 31), "P1M", "BRU"),
        timelimits.legal_limit(date(2026, 12, 2), "8 wd", "BRU"),
        timelimits.legal_limit(datetime(2027, 12, 3, 10, tzinfo=language.ZONE), "PT48H", "LUX"),
        timelimits.latest_before(date(2026, 12, 31), "P1M", "BRU"),
        timelimits.latest_before(date(2034, 12, 31), "5 wd", "BRU"),
        timelimits.service_end(date(2026, 5, 31), "P9M"),
        timelimits.service_end(date(2026, 5, 1), "P9M"),
    )
    english = re.compile(
        r"\b(the|day|does|not|counts?|ends?|with|before|year|Mon|Tue|Wed|Thu|Fri|adopted|holiday)\b"
    )
    for limit in limits:
        for said in (*(step.text for step in limit.derivation), *limit.warnings):
            assert english.search(french(said)) is None, french(said)


def test_a_refusal_page_is_french(site):
    browser = site.as_("hanna")
    task = "00000000-0000-0000-0000-000000000000"
    page = browser.get(f"/tasks/{task}", headers={"Accept-Language": "fr"})
    assert page.status_code == 404
    assert "Il n\u2019y a pas de telle tâche" in page.text


def test_findings_of_a_draft_are_french(site, office):
    draft = office.do("olga", drafts.begin, "review", "Shorter review").id
    broken = REVIEW["review.bpmn"].replace(b"<bpmn:endEvent", b"<bpmn:implicitThrowEvent", 1)
    broken = broken.replace(b"</bpmn:endEvent>", b"</bpmn:implicitThrowEvent>", 1)
    office.do("olga", drafts.save_file, draft, "review.bpmn", broken)
    english = site.as_("olga").get(f"/studio/drafts/{draft}").text
    french = site.as_("olga").get(f"/studio/drafts/{draft}", headers={"Accept-Language": "fr"}).text
    assert "is not supported" in english
    assert "is not supported" not in french
    assert "n\u2019est pas pris en charge" in french


def test_scripts_are_given_the_sentences_of_their_reader(site):
    browser = site.anonymous()
    told = browser.get("/words/engine.json", headers={"Accept-Language": "fr"}).json
    assert told["sentences"]["This is required."] == "Ce champ est obligatoire."
    assert (
        browser.get("/words/engine.json", headers={"Accept-Language": "en"}).json["sentences"] == {}
    )
