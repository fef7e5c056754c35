"""Built-in functions that compare points and ranges, DMN 1.3 section 10.3.4.9.

Each end is a value and a hair: an open start lies a hair above its value, an open end a hair below.
With that every relation of table 78 is a comparison of ends.
"""

from collections.abc import Callable

from feel.signatures import Table, signature
from feel.values import Range, less

End = tuple[object, int]
Ends = tuple[End, End]
Relation = Callable[[Ends, Ends], bool]


class _NoOrder(Exception):  # makes the relation null
    """Two values that have no order."""


def _below(left: End, right: End) -> bool:
    is_less, is_more = less(left[0], right[0]), less(right[0], left[0])
    if is_less is None or is_more is None:
        raise _NoOrder
    return is_less or (not is_more and left[1] < right[1])


def _same(left: End, right: End) -> bool:
    return not _below(left, right) and not _below(right, left)


def _up_to(left: End, right: End) -> bool:
    return not _below(right, left)


def _ends(value: object) -> Ends:
    if not isinstance(value, Range):
        return (value, 0), (value, 0)
    low = (value.start, 0 if value.start_included else 1)
    return low, (value.end, 0 if value.end_included else -1)


def _before(a: Ends, b: Ends) -> bool:
    return _below(a[1], b[0])


def _meets(a: Ends, b: Ends) -> bool:
    return _same(a[1], b[0])


def _overlaps(a: Ends, b: Ends) -> bool:
    return _up_to(b[0], a[1]) and _up_to(a[0], b[1])


def _overlaps_before(a: Ends, b: Ends) -> bool:
    return _below(a[0], b[0]) and _up_to(b[0], a[1]) and _up_to(a[1], b[1])


def _finishes(a: Ends, b: Ends) -> bool:
    return _same(a[1], b[1]) and _up_to(b[0], a[0])


def _includes(a: Ends, b: Ends) -> bool:
    return _up_to(a[0], b[0]) and _up_to(b[1], a[1])


def _starts(a: Ends, b: Ends) -> bool:
    return _same(a[0], b[0]) and _up_to(a[1], b[1])


def _coincides(a: Ends, b: Ends) -> bool:
    return _same(a[0], b[0]) and _same(a[1], b[1])


def _relation(relation: Relation, *, turned: bool = False) -> Callable[..., bool | None]:
    def relate(left: object, right: object) -> bool | None:
        first, second = (right, left) if turned else (left, right)
        try:
            return relation(_ends(first), _ends(second))
        except _NoOrder:
            return None

    return relate


TABLE: Table = {
    "before": signature("a, b", _relation(_before)),
    "after": signature("a, b", _relation(_before, turned=True)),
    "meets": signature("range1:range, range2:range", _relation(_meets)),
    "met by": signature("range1:range, range2:range", _relation(_meets, turned=True)),
    "overlaps": signature("range1:range, range2:range", _relation(_overlaps)),
    "overlaps before": signature("range1:range, range2:range", _relation(_overlaps_before)),
    "overlaps after": signature(
        "range1:range, range2:range", _relation(_overlaps_before, turned=True)
    ),
    "finishes": signature("a, range:range", _relation(_finishes)),
    "finished by": signature("range:range, b", _relation(_finishes, turned=True)),
    "includes": signature("range:range, b", _relation(_includes)),
    "during": signature("a, range:range", _relation(_includes, turned=True)),
    "starts": signature("a, range:range", _relation(_starts)),
    "started by": signature("range:range, b", _relation(_starts, turned=True)),
    "coincides": signature("a, b", _relation(_coincides)),
}
