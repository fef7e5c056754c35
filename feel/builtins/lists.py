"""Built-in functions on lists, DMN 1.3 section 10.3.4.4, and on conditions."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key, reduce

from feel import arithmetic
from feel.errors import Unfit
from feel.limits import bounded_list
from feel.scope import Environment
from feel.signatures import Table, signature
from feel.values import DECIMAL, Function, both, either, key, less, negate, same

Items = list[object]


def _contains(env: Environment, items: Items, wanted: object) -> bool:
    return any(same(item, wanted, env.budget) for item in items)


def _extreme(is_better: Callable[[object, object], bool | None]) -> Callable[[Items], object]:
    def extreme(items: Items) -> object:
        if not items:
            return None
        best = items[0]
        for item in items:
            better = is_better(item, best)
            if better is None:
                return None
            best = item if better else best
        return best

    return extreme


def _sum(env: Environment, items: Items) -> object:
    if not items:
        return None
    first, *others = items
    start = arithmetic.minus(arithmetic.minus(first))  # null unless a number or a duration
    return reduce(lambda total, item: arithmetic.add(total, item, env.budget), others, start)


def _product(items: Items) -> Decimal | None:
    numbers = _numbers(items)
    if not numbers:
        return None
    return reduce(DECIMAL.multiply, numbers)


def _mean(env: Environment, items: Items) -> object:
    return arithmetic.divide(_sum(env, items), Decimal(len(items)), env.budget)


def _numbers(items: Items) -> list[Decimal] | None:
    numbers = [item for item in items if isinstance(item, Decimal)]
    return numbers if len(numbers) == len(items) else None


def _median(items: Items) -> Decimal | None:
    numbers = sorted(_numbers(items) or [])
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return DECIMAL.divide(DECIMAL.add(numbers[middle - 1], numbers[middle]), Decimal(2))


def _stddev(items: Items) -> Decimal | None:
    """Compute the standard deviation of a sample."""
    numbers = _numbers(items)
    if not numbers or len(numbers) == 1:
        return None
    mean = DECIMAL.divide(reduce(DECIMAL.add, numbers), Decimal(len(numbers)))
    squares = [DECIMAL.power(DECIMAL.subtract(n, mean), 2) for n in numbers]
    return DECIMAL.sqrt(DECIMAL.divide(reduce(DECIMAL.add, squares), Decimal(len(numbers) - 1)))


def _mode(items: Items) -> Items | None:
    numbers = _numbers(items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return [number for number in sorted(counts) if counts[number] == most]


def _sublist(items: Items, start: Decimal, length: Decimal | None = None) -> Items | None:
    begin = int(start) - 1 if start > 0 else len(items) + int(start)
    if not start or not 0 <= begin < max(len(items), 1):
        return None
    if length is None:
        return items[begin:]
    end = begin + int(length)
    return items[begin:end] if length >= 0 and end <= len(items) else None


def _append(items: Items, added: Items) -> Items:
    bounded_list(len(items) + len(added))
    return items + added


def _concatenate(env: Environment, lists: Items) -> Items | None:
    result: Items = []
    for items in lists:
        if items is None:
            return None
        more = items if isinstance(items, list) else [items]
        bounded_list(len(result) + len(more))
        env.budget.charge(len(more))
        result += more
    return result


def _distinct(env: Environment, items: Items) -> Items:
    seen: dict[object, object] = {}
    for item in items:
        seen.setdefault(key(item, env.budget), item)
    return list(seen.values())


def _union(env: Environment, lists: Items) -> Items | None:
    joined = _concatenate(env, lists)
    return None if joined is None else _distinct(env, joined)


def _insert_before(items: Items, position: Decimal, new: object) -> Items | None:
    index = _index(items, position)
    return None if index is None else [*items[:index], new, *items[index:]]


def _remove(items: Items, position: Decimal) -> Items | None:
    index = _index(items, position)
    return None if index is None else items[:index] + items[index + 1 :]


def _replace(items: Items, position: Decimal, new: object) -> Items | None:
    index = _index(items, position)
    return None if index is None else [*items[:index], new, *items[index + 1 :]]


def _index(items: Items, position: Decimal) -> int | None:
    if position != position.to_integral_value() or not 1 <= abs(position) <= len(items):
        return None
    return int(position) - 1 if position > 0 else len(items) + int(position)


def _index_of(env: Environment, items: Items, wanted: object) -> Items:
    return [
        Decimal(place)
        for place, item in enumerate(items, start=1)
        if same(item, wanted, env.budget)
    ]


def _flatten(env: Environment, items: Items) -> Items:
    flat: Items = []
    for item in items:
        env.budget.charge(1)
        flat += _flatten(env, item) if isinstance(item, list) else [item]
        bounded_list(len(flat))
    return flat


def _sort(env: Environment, items: Items, precedes: Function | None = None) -> Items | None:
    """Sort by a function that tells whether its first argument comes first, or by `<`."""
    if precedes is not None and len(precedes.parameters) != 2:  # noqa: PLR2004  # compares two
        raise Unfit("`sort` needs a function of two parameters", "write function(x, y) x < y")
    comes_first = precedes.call if precedes else less

    def order(left: object, right: object) -> int:
        env.budget.charge(1)
        if comes_first(left, right) is True:
            return -1
        return 1 if comes_first(right, left) is True else 0

    if precedes is None and any(less(items[0], item) is None for item in items):
        return None
    return sorted(items, key=cmp_to_key(order))


def _all(items: Items) -> bool | None:
    result: bool | None = True
    for item in items:
        result = both(result, item)
    return result


def _any(items: Items) -> bool | None:
    result: bool | None = False
    for item in items:
        result = either(result, item)
    return result


def _list_replace(items: Items, position: object, new: object) -> Items | None:
    if isinstance(position, Decimal):
        return _replace(items, position, new)
    if not isinstance(position, Function) or len(position.parameters) != 2:  # noqa: PLR2004  # item, new
        return None
    return [new if position.call(item, new) is True else item for item in items]


def _duplicates(env: Environment, items: Items) -> Items:
    counts: dict[object, int] = {}
    for item in items:
        found = key(item, env.budget)
        counts[found] = counts.get(found, 0) + 1
    return [item for item in _distinct(env, items) if counts[key(item, env.budget)] > 1]


_MIN = _extreme(less)
_MAX = _extreme(lambda left, right: less(right, left))

TABLE: Table = {
    "list contains": signature("list:list, element", _contains, needs_env=True),
    "count": signature("list:list", lambda items: Decimal(len(items))),
    "min": signature("list:list", _MIN) + signature("c*", _MIN),
    "max": signature("list:list", _MAX) + signature("c*", _MAX),
    "sum": signature("list:list", _sum, needs_env=True) + signature("n*", _sum, needs_env=True),
    "mean": signature("list:list", _mean, needs_env=True) + signature("n*", _mean, needs_env=True),
    "all": signature("list:list", _all) + signature("b*", _all),
    "any": signature("list:list", _any) + signature("b*", _any),
    "median": signature("list:list", _median) + signature("n*", _median),
    "stddev": signature("list:list", _stddev) + signature("n*", _stddev),
    "mode": signature("list:list", _mode) + signature("n*", _mode),
    "product": signature("list:list", _product) + signature("n*", _product),
    "sublist": signature("list:list, start position:num, length?:num", _sublist),
    "append": signature("list:list, item*", _append),
    "concatenate": signature("list*", _concatenate, needs_env=True),
    "union": signature("list*", _union, needs_env=True),
    "insert before": signature("list:list, position:num, newItem", _insert_before),
    "remove": signature("list:list, position:num", _remove),
    "list replace": signature("list:list, position:num|func, newItem", _list_replace),
    "reverse": signature("list:list", lambda items: items[::-1]),
    "index of": signature("list:list, match", _index_of, needs_env=True),
    "distinct values": signature("list:list", _distinct, needs_env=True),
    "duplicate values": signature("list:list", _duplicates, needs_env=True),
    "flatten": signature("list:list", _flatten, needs_env=True),
    "sort": signature("list:list, precedes?:func", _sort, needs_env=True),
    "not": signature("negand", negate),
}
