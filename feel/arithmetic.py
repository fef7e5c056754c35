"""The sums of the language; what does not fit together gives null."""

from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, Overflow

from feel import temporal
from feel.limits import Budget, bounded_text, too_large
from feel.values import DECIMAL

_CHARACTERS_A_STEP = 8


def decimal_or_null(
    operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal
) -> Decimal | None:
    """Compute with decimal128: None where undefined; raises Excess beyond its range."""
    try:
        return operation(left, right)
    except Overflow:
        raise too_large() from None
    except DecimalException:
        return None


def _numbers(
    operation: Callable[[Context, Decimal, Decimal], Decimal],
    other: Callable[[object, object], object],
) -> Callable[[object, object, Budget], object]:
    bound: Callable[[Decimal, Decimal], Decimal] = operation.__get__(DECIMAL)

    def compute(left: object, right: object, budget: Budget) -> object:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return decimal_or_null(bound, left, right)
        if left is None or right is None:
            return None
        if isinstance(left, str) and isinstance(right, str) and operation is Context.add:
            return join(left, right, budget)
        return other(left, right)

    return compute


def join(left: str, right: str, budget: Budget) -> str:
    """Join two texts; raises Excess."""
    size = len(left) + len(right)
    bounded_text(size)
    budget.charge(size // _CHARACTERS_A_STEP)
    return left + right


def _nothing(_left: object, _right: object) -> object:
    return None


add = _numbers(Context.add, temporal.add)
subtract = _numbers(Context.subtract, temporal.subtract)
multiply = _numbers(Context.multiply, temporal.multiply)
divide = _numbers(Context.divide, temporal.divide)
power = _numbers(Context.power, _nothing)
OPERATORS = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


def minus(value: object) -> object:
    """Give the negative of a number or a duration."""
    if isinstance(value, Decimal):
        return DECIMAL.minus(value)
    return temporal.negative(value)
