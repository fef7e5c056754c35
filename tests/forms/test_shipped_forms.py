"""Every form that ships compiles, and asks for something."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from forms import FormError, compile_form

FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.form"))


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
