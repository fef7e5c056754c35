import pytest

import feel
from feel.conversion import to_text
from feel.limits import Budget


@pytest.fixture
def shown():
    """Evaluate, and write the result as the language writes it; texts in quotes."""

    def show(text, **variables):
        names = frozenset(variables)
        value = feel.parse(text, names=names).evaluate(variables)
        return to_text(value, Budget(), is_inner=True)

    return show
