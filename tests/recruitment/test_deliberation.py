"""The arithmetic of a panel, as tables."""

from decimal import Decimal

import pytest

from recruitment import deliberation
from recruitment.anchors import anchors
from recruitment.deliberation import Change, Criterion, Placed, Rating, Sheet

D = Decimal


def criteria(*weights):
    return [
        Criterion(name=f"C{number}", question="?", weight=D(weight))
        for number, weight in enumerate(weights, 1)
    ]


def sheet(member, *points):
    return Sheet(
        member=member,
        ratings=tuple(
            Rating(criterion=f"C{number}", points=D(one)) for number, one in enumerate(points, 1)
        ),
    )


def built(sheets, weights=(1, 1), changes=()):
    return deliberation.matrix(criteria(*weights), sheets, changes, outlier=D(2))


@pytest.mark.parametrize(
    ("weights", "points", "wanted"),
    [
        ([1], [4], "4.00"),
        ([1, 1], [3, 4], "3.50"),
        ([3, 1], [5, 1], "4.00"),
        ([3, 2, 1], [4, 3, 5], "3.83"),
        ([1, 1, 1], [3, 3, 4], "3.33"),
        ([1, 1, 1], [3, 4, 4], "3.67"),
        # halves go up: 3.125 is 3.13, not the even 3.12
        ([7, 1], [3, 4], "3.13"),
        ([1, 1], [0, 0], "0.00"),
    ],
)
def test_a_mean_is_weighted_and_rounded_once(weights, points, wanted):
    (row,) = built([sheet("a", *points)], weights).means
    assert row == D(wanted)


def test_the_proposal_weighs_exact_means_and_rounds_at_the_end():
    # the members' own means round to 3.67, 3.67 and 3.33; the mean of those would be 3.56
    found = built([sheet("a", 4, 3), sheet("b", 4, 3), sheet("c", 3, 4)], (2, 1))
    assert found.means == (D("3.67"), D("3.67"), D("3.33"))
    assert found.proposal == D("3.56")
    thirds = built([sheet("a", 1), sheet("b", 0), sheet("c", 0)], (1,))
    assert thirds.proposal == D("0.33")


def test_without_points_there_is_no_mean():
    assert built([sheet("a")]).proposal is None
    assert deliberation.weighted_mean({}, criteria(1)) is None


@pytest.mark.parametrize(
    ("points", "spread", "named"),
    [
        ([3, 3, 3], 0, [None, None, None]),
        ([5, 4, 3], 2, [None, None, None]),
        ([5, 3, 3], 2, [D("2.00"), None, None]),
        ([1, 3, 4], 3, [D("-2.50"), None, D("2.00")]),
        ([0, 5], 5, [D("-5.00"), D("5.00")]),
    ],
)
def test_spread_and_those_far_from_the_others(points, spread, named):
    sheets = [sheet(f"m{number}", one) for number, one in enumerate(points)]
    (row,) = built(sheets, (1,)).rows
    assert row.spread == spread
    assert [one.differs_by for one in row.cells] == named


def test_one_member_has_neither_spread_nor_others_to_differ_from():
    (row,) = built([sheet("a", 5)], (1,)).rows
    assert (row.spread, row.cells[0].differs_by, row.mean) == (None, None, D("5.00"))


def test_an_agreed_change_counts_and_the_first_value_stays():
    change = Change(member="b", criterion="C1", points=D(4), reason="Misheard the answer")
    found = built([sheet("a", 4), sheet("b", 1)], (1,), [change])
    cell = found.rows[0].cells[1]
    assert (cell.rating.points, cell.points, cell.changed.reason) == (1, 4, "Misheard the answer")
    assert found.proposal == D("4.00")
    assert found.means == (D("4.00"), D("4.00"))


def test_a_criterion_that_only_a_sheet_names_is_not_lost():
    found = built([sheet("a", 4, 2)], (3,))
    assert [(one.criterion.name, one.criterion.weight) for one in found.rows] == [
        ("C1", 3),
        ("C2", 1),
    ]
    assert found.proposal == D("3.50")


def placed(application, score, *, is_suitable=True):
    return Placed(application=application, score=D(score), is_suitable=is_suitable)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], []),
        ([("a", "3"), ("b", "4")], [("b", 1, ()), ("a", 2, ())]),
        # 4.0 and 4.00 are the same score
        (
            [("a", "4.0"), ("b", "4.00"), ("c", "2")],
            [("a", 1, ("b",)), ("b", 1, ("a",)), ("c", 3, ())],
        ),
    ],
)
def test_the_best_come_first_and_equals_share_a_place(given, wanted):
    found = deliberation.merit_order(placed(*one) for one in given)
    assert [(one.application, one.place, one.ties) for one in found] == wanted


def test_who_is_not_suitable_stands_below_the_line_without_a_place():
    found = deliberation.merit_order([placed("a", "4.9", is_suitable=False), placed("b", "2")])
    assert [(one.application, one.place) for one in found] == [("b", 1), ("a", None)]


@pytest.mark.parametrize(("submitted", "lacks"), [(0, 3), (2, 1), (3, 0), (4, 0)])
def test_the_quorum(submitted, lacks):
    assert deliberation.lacking(submitted, 3) == lacks


def test_assessors_are_compared_over_the_same_candidates():
    strict, mild = deliberation.calibrate(
        [{"ann": D(2), "ben": D(4)}, {"ann": D(3), "ben": D(4)}, {}]
    )
    assert (strict.member, strict.sheets, strict.mean) == ("ann", 2, D("2.50"))
    assert (strict.against_panel, mild.against_panel) == (D("-0.75"), D("0.75"))
    assert (strict.lowest, strict.highest) == (2, 3)


def test_the_digest_of_a_list_changes_with_order_and_score_alone():
    first = [{"application": "a", "score": 4.5, "rank": 1}]
    same = [{"rank": 1, "score": 4.5, "application": "a", "members": 3, "quorum": 3}]
    assert deliberation.digest(first) == deliberation.digest(same)
    assert deliberation.digest(first) != deliberation.digest([{**first[0], "score": 4.4}])
    assert len(deliberation.digest([])) == 64


def test_every_number_of_points_has_its_words():
    found = anchors()
    assert sorted(found.words) == [0, 1, 2, 3, 4, 5]
    assert all(len(one) > 10 for one in found.words.values())
    assert found.version >= 1
