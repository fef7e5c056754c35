"""The catalogue of coded reasons: versioned, and a code of any year stays readable."""

import json
from importlib import resources

import pytest

from recruitment.reasons import catalogue, parse

RETIRED = """
versions: [{number: 1, source: one}, {number: 2, source: two}]
reasons:
  - {code: N1, finding: not_met, since: 1, retired: 2, text: Nowhere}
  - {code: N2, finding: not_met, since: 2, text: Nowhere in the application}
"""


def test_the_codes_in_force_are_the_choices_of_the_form():
    form = json.loads((resources.files("forms") / "shortlist_candidate.form").read_text("utf-8"))
    (merits,) = [one for one in form["components"] if one.get("path") == "merits"]
    (code,) = [one for one in merits["components"] if one.get("key") == "code"]
    offered = {one["value"]: one["label"] for one in code["values"]}
    assert offered == {one.code: one.text for one in catalogue().in_force()}


def test_every_code_belongs_to_a_finding_of_the_form_and_to_a_version():
    known = catalogue()
    assert {one.finding for one in known.reasons.values()} == {"met", "not_met", "ask"}
    assert all(one.since <= known.version for one in known.reasons.values())


def test_a_retired_code_is_no_longer_offered_and_still_readable():
    known = parse(RETIRED)
    assert [one.code for one in known.in_force()] == ["N2"]
    assert known.text("N1") == "Nowhere"
    assert known.version == 2


def test_a_code_that_no_catalogue_knows_stands_for_itself():
    assert catalogue().text("Z9") == "Z9"


@pytest.mark.parametrize(
    ("change", "what"),
    [(("code: N2", "code: N1"), "twice"), (("retired: 2", "retired: 1"), "before")],
)
def test_a_catalogue_that_contradicts_itself_is_refused(change, what):
    with pytest.raises(ValueError, match=what):
        parse(RETIRED.replace(*change))
