"""What a candidate claims stands beside the criterion that names it."""

import pytest

from recruitment.claims import about, every

CANDIDATE = {
    "diploma": {"level": "university", "date": "2017-07-01"},
    "experience_years": 7,
    "employment": [{"employer": "One"}, {"employer": "Two"}],
    "language_1": {"code": "FR", "level": "C2"},
    "language_2": {"code": "EN", "level": "C1"},
}


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("Excellent written and spoken English communication skills", [("EN", "C1")]),
        ("Très bonne connaissance du français", [("FR", "C2")]),
        ("Gute Kenntnisse in Englisch und Französisch", [("FR", "C2"), ("EN", "C1")]),
        ("Knowledge of German", []),
        ("Practical experience in the development of AI", [("7", "2")]),
        ("A university degree in law", [("university", "2017")]),
        ("Knowledge of AI technologies", []),
    ],
)
def test_a_claim_stands_beside_the_criterion_that_names_it(criterion, expected):
    assert [(one.what, one.more) for one in about(criterion, CANDIDATE)] == expected


def test_all_claims_are_told_in_the_order_of_the_form():
    assert [one.kind for one in every(CANDIDATE)] == [
        "diploma",
        "experience",
        "language",
        "language",
    ]


def test_an_application_that_is_not_registered_claims_nothing():
    assert every({"name": "Ana"}) == about("English", {"name": "Ana"}) == ()
