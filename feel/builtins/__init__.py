"""The built-in functions, DMN 1.3 section 10.3.4."""

from typing import Final

from feel.builtins import contexts, dates, lists, numbers, patterns, ranges, strings
from feel.signatures import Table

BUILTINS: Final[Table] = {
    **numbers.TABLE,
    **strings.TABLE,
    **patterns.TABLE,
    **lists.TABLE,
    **contexts.TABLE,
    **dates.TABLE,
    **ranges.TABLE,
}
