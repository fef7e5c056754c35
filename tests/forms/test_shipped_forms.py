"""Every form that ships compiles, and asks for something."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from forms import FormError, compile_form

FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.form"))
OPINION = next(one for one in FORMS if one.stem == "give_renewal_opinion")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_shipped_form_compiles_under_its_own_name(path):
    form = compile_form(path.read_bytes(), name=path.name)
    assert form.id == path.stem
    assert form.keys


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_shipped_form_refuses_what_it_does_not_ask(path):
    form = compile_form(path.read_bytes(), name=path.name)
    with pytest.raises(FormError, match="no such field"):
        form.load({"surely_not_a_field": 1}, now=datetime(2026, 6, 1, tzinfo=UTC))


def test_a_renewal_cannot_end_before_it_starts():
    form = compile_form(OPINION.read_bytes(), name=OPINION.name)
    seen = {"renewal_dates": {"next_start": "2028-06-01"}}
    answers = {
        "need": "yes", "budget": "yes", "opinion": "renew",
        "grounds": "The work goes on for years.",
    }  # fmt: skip
    with pytest.raises(FormError) as refused:
        form.load({**answers, "wanted_end": "2028-05-31"}, context=seen)
    assert refused.value.errors == {"wanted_end": ["This lies before the start."]}
    assert form.load({**answers, "wanted_end": "2028-06-01"}, context=seen)
