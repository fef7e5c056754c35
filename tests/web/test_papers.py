"""Papers page by page: drawn outside the process, shown to whom the step shows them, recorded."""

import io

import pytest
from PIL import Image

from engine import clock
from engine.errors import Invalid
from engine.store import begin, events
from recruitment import intake, rendering, unblinding
from recruitment.correspondence import pdf
from recruitment.store import records
from tests.web.test_calls import CALL, apply, call, calls

__all__ = ["call", "calls"]  # fixtures


@pytest.fixture
def paper(call):
    """The id of an applicant's paper."""
    apply(call, "Ana Berg")
    with begin(call.office.database, now=clock.now()) as uow:
        (row,) = records.applications(uow, CALL["id"])
        (document,) = records.documents(uow, row["id"])
    return document["id"]


def readings(site):
    with begin(site.office.database, now=clock.now()) as uow:
        (row,) = records.applications(uow, CALL["id"])
        return [one.fields.actor for one in events.of_stream(uow, f"read:{row['id']}")]


def test_a_page_is_a_picture_and_its_reading_is_recorded(call, paper):
    answer = call.as_("hanna").get(f"/papers/{paper}/pages/1.png")
    assert answer.content_type == "image/png"
    assert Image.open(io.BytesIO(answer.data)).width == rendering.WIDTH
    assert readings(call) == ["hanna"]


def test_the_text_of_a_page_holds_letters_of_every_script(call, paper):
    text = call.as_("hanna").get(f"/papers/{paper}/pages/1/text").get_data(as_text=True)
    assert "Ana Berg" in text


@pytest.mark.parametrize("page", ["2.png", "2/text"])
def test_a_page_that_is_not_there_is_refused_in_words(call, paper, page):
    answer = call.as_("hanna").get(f"/papers/{paper}/pages/{page}")
    assert answer.status_code == 422
    assert "download the file instead" in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["lara", "petra", "olga"])
def test_a_paper_is_not_there_for_who_has_no_task_with_it(call, paper, name):
    assert call.as_(name).get(f"/papers/{paper}/pages/1.png").status_code == 404
    assert readings(call) == []


def test_a_document_that_nobody_stored_is_not_there(call):
    assert call.as_("hanna").get("/papers/nothing/pages/1.png").status_code == 404


@pytest.mark.parametrize("content", [b"", b"no PDF", pdf("CV", "x", {}, date="2026-01-05")[:400]])
def test_what_cannot_be_drawn_is_refused_and_harms_nobody(content):
    with pytest.raises(Invalid):
        rendering.picture(content, 1)


def test_whoever_must_assess_the_merits_sees_the_application_and_nothing_else(site, selection):
    selection.publish_call()
    case = selection.apply()
    (task,) = selection.until("shortlist_candidate")
    passport = pdf("Passport", "Ana", {}, date="2026-01-05")
    other = site.office.do("hanna", file_passport, task.case_key, passport)
    (paper,) = [one["id"] for one in selection.documents(case) if one["id"] != other["id"]]
    luisa = site.as_("luisa")
    # a blind step: no picture before the blind view is lifted
    assert luisa.get(f"/papers/{paper}/pages/1.png").status_code == 404
    site.office.do("luisa", unblinding.lift, task.id)
    assert luisa.get(f"/papers/{paper}/pages/1.png").status_code == 200
    assert luisa.get(f"/papers/{other['id']}/pages/1.png").status_code == 404
    assert site.as_("petra").get(f"/papers/{paper}/pages/1.png").status_code == 404


def file_passport(act, application, content):
    return intake.store_document(
        act, application, kind="identity", name="passport.pdf", content=content
    )
