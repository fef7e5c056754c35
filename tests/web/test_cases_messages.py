"""What arrives from outside is written down by hand."""

import io
import re

import pytest

from forms import compile_form
from recruitment import messages


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.mark.parametrize("name", sorted(messages.titles()))
def test_the_form_of_every_message_can_be_filled(name):
    form = compile_form(messages._files()[name], name=name)
    assert form.title


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("offer_answered", {"accepted": True}),
        ("offer_answered", {"accepted": False}),
        ("renewal_answered", {"answer": "refuse", "received_at": "2026-03-02"}),
        ("absence_recorded", {"cause": "sickness", "from": "2026-03-02", "to": "2026-04-20"}),
        ("resignation", {"received_at": "2026-03-02"}),
        ("legal_hold", {}),
    ],
)
def test_a_form_gives_the_variables_that_the_diagrams_read(name, answers, office):
    form = compile_form(messages._files()[name], name=name)
    assert form.load(answers) == answers


def test_a_message_that_the_case_does_not_wait_for_is_refused(site, office):
    case = office.open()
    refused = site.as_("hanna").post(
        f"/api/v1/cases/{case}/messages/offer_answered", json={"variables": {"accepted": True}}
    )
    assert refused.status_code == 409
    page = site.as_("hanna").get(f"/cases/{case}/messages/offer_answered")
    assert "The case does not wait for this now." in _text(page)


def test_a_wrong_answer_names_its_field(site, office):
    refused = site.as_("hanna").post(
        f"/api/v1/cases/{office.open()}/messages/offer_answered",
        json={"variables": {"accepted": "perhaps"}},
    )
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"].endswith("/accepted")


def test_a_message_without_a_form_is_not_found(site, office):
    assert site.as_("hanna").get(f"/cases/{office.open()}/messages/nothing").status_code == 404


def test_whoever_may_not_deliver_messages_sees_no_form(site, office):
    page = site.as_("aldo").get(f"/cases/{office.open()}/messages/offer_answered")
    assert page.status_code == 403


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ({"paper": (io.BytesIO(b"x"), "a.pdf")}, "kind"),
        ({"kind": "diploma", "number": "0", "paper": (io.BytesIO(b"x"), "a.pdf")}, "number"),
        ({"kind": "diploma"}, "paper"),
    ],
)
def test_a_document_without_kind_number_or_file_is_refused_in_words(site, office, form, where):
    page = site.as_("hanna").post(f"/cases/{office.open()}/documents", data=form)
    assert page.status_code == 422
    assert where in _text(page)
