"""How a built-in function may be called.

A signature is written `"string:str, start position:num, length?:num"`: names, `?` for what may be
left out, `*` for what may repeat, and the types. Arguments of another type make the result null; a
list of one element stands for that element, and one value for a list of it (DMN 1.3, 10.3.2.9.4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from feel.errors import Unfit, suggest
from feel.limits import bounded_list, bounded_text
from feel.scope import Environment
from feel.values import KINDS, Function, Months, Range

_KINDS: dict[str, frozenset[type]] = {
    "any": frozenset(),
    "num": frozenset([Decimal]),
    "str": frozenset([str]),
    "bool": frozenset([bool]),
    "list": frozenset([list]),
    "ctx": frozenset([dict]),
    "date": frozenset([date, datetime]),
    "time": frozenset([time]),
    "span": frozenset([timedelta, Months]),
    "range": frozenset([Range]),
    "func": frozenset([Function]),
}
#: characters that a function reads in one step
_CHARACTERS_A_STEP = 8


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a built-in function; no kinds means any."""

    name: str
    kinds: frozenset[type]
    is_optional: bool = False
    repeats: bool = False


@dataclass(frozen=True, kw_only=True)
class Overload:
    """One way to call a built-in function."""

    parameters: tuple[Parameter, ...]
    call: Callable[..., object]
    needs_env: bool = False

    @property
    def repeats(self) -> bool:
        """Tell whether the last parameter takes all further arguments."""
        return bool(self.parameters) and self.parameters[-1].repeats

    def accepts(self, names: Sequence[str], count: int) -> bool:
        """Tell whether these arguments fit."""
        required = [p.name for p in self.parameters if not p.is_optional]
        if names:
            return set(required) <= set(names) <= {p.name for p in self.parameters}
        return len(required) <= count and (self.repeats or count <= len(self.parameters))

    @property
    def written(self) -> str:
        """Write the parameters as in a call."""
        return ", ".join(p.name + "?" * p.is_optional for p in self.parameters)


Overloads = tuple[Overload, ...]
Table = Mapping[str, Overloads]


class Unknown(Unfit):
    """A parameter of that name does not exist."""

    def __init__(self, function: str, given: str, known: Sequence[str]) -> None:
        close = suggest(given, known)
        super().__init__(
            f"`{function}` has no parameter `{given}`",
            f"did you mean `{close}`?" if close else f"its parameters are {', '.join(known)}",
        )


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.strip().partition(":")
    accepted = [_KINDS[kind] for kind in (kinds or "any").split("|")]
    return Parameter(
        name=name.rstrip("?*"),
        kinds=frozenset().union(*accepted),
        is_optional=name.endswith("?"),
        repeats=name.endswith("*"),
    )


def signature(text: str, call: Callable[..., object], *, needs_env: bool = False) -> Overloads:
    """Make a way to call a function; add several together with `+`."""
    parameters = tuple(_parameter(part) for part in text.split(",")) if text else ()
    return (Overload(parameters=parameters, call=call, needs_env=needs_env),)


def choose(name: str, overloads: Overloads, names: Sequence[str], count: int) -> Overload:
    """Find the way that fits the arguments; raises Unfit."""
    for overload in overloads:
        if overload.accepts(names, count):
            return overload
    known = [p.name for overload in overloads for p in overload.parameters]
    for given in names:
        if given not in known:
            raise Unknown(name, given, known)
    ways = " or ".join(f"`{name}({overload.written})`" for overload in overloads)
    raise Unfit(f"`{name}` is not called with these {count} arguments", f"write {ways}")


def _fit(value: object, kinds: frozenset[type]) -> object:
    """Bring a value to one of the kinds; None when it cannot be."""
    if KINDS[type(value)] in kinds or not kinds or value is None:
        return value
    if list in kinds:
        return [value]
    if isinstance(value, list) and len(value) == 1 and KINDS[type(value[0])] in kinds:
        return value[0]
    return None


def _size(value: object) -> int:
    if isinstance(value, (list, dict)):
        return len(value)
    return len(value) // _CHARACTERS_A_STEP if isinstance(value, str) else 0


def invoke(overload: Overload, values: Sequence[object], env: Environment) -> object:
    """Call a built-in function; raises Excess and Unfit."""
    env.budget.charge(1 + sum(map(_size, values)))
    arguments: list[object] = []
    fixed = len(overload.parameters) - overload.repeats
    for parameter, value in zip(overload.parameters[:fixed], values, strict=False):
        fitting = _fit(value, parameter.kinds)
        if fitting is None and parameter.kinds:
            return None
        arguments.append(fitting)
    if overload.repeats:
        arguments.append(list(values[fixed:]))
    result = overload.call(env, *arguments) if overload.needs_env else overload.call(*arguments)
    if isinstance(result, str):
        bounded_text(len(result))
    elif isinstance(result, (list, dict)):
        bounded_list(len(result))
    return result
