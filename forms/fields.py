"""The marshmallow field of each form-js component: what a single answer may look like.

An empty answer (null, or "" as the page sends it) is always accepted here and stored as null;
whether an answer is needed depends on the others and is judged in `forms.answers`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from marshmallow import Schema, ValidationError, fields
from marshmallow.constants import RAISE

from forms.components import Choices, Component
from forms.shape import Json

LINE = 2_000
PAGE = 50_000
YEARS = range(1900, 2200)
#: Longest text of a number, and the largest power of ten on either side of the point.
DIGITS, POWERS = 40, 30
#: Options named in a message before it says "...".
SHOWN = 12
Moments = TypeVar("Moments", date, datetime, time)
_DATE = re.compile(r"\A\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_TIME = re.compile(r"\A\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?\Z", re.ASCII)
_EMAIL = re.compile(
    r"\A[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?=.{1,253}\Z)"
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\Z",
    re.ASCII | re.IGNORECASE,
)
_PHONE = re.compile(r"\A(\+|00)[1-9]\d{5,14}\Z", re.ASCII)
_DOCUMENT = re.compile(r"\A[\w.:-]{1,100}\Z", re.ASCII)


class Answer(fields.Field[Any]):
    """A field that knows its component; `read` judges an answer that is not empty."""

    def __init__(self, component: Component) -> None:
        """Accept null: emptiness is judged elsewhere."""
        super().__init__(allow_none=True, required=False)
        self.component = component

    def _deserialize(
        self, value: Json, attr: str | None, data: Mapping[str, Any] | None, **_: Json
    ) -> Json:
        return None if value == "" else self.read(value)

    def read(self, value: Json) -> Json:
        """Return the JSON value to be stored; raise ValidationError."""
        raise NotImplementedError


class Text(Answer):
    """One line (textfield) or several (textarea)."""

    def read(self, value: Json) -> str | None:
        """Accept a text; its ends are trimmed, blank is empty."""
        if not isinstance(value, str):
            raise ValidationError("This must be a text.")
        text = value.strip()
        if not text:
            return None
        self._check_length(text)
        self._check_content(text)
        return text

    def _check_length(self, text: str) -> None:
        one_line = self.component.type == "textfield"
        most = LINE if one_line or self.component.pattern else PAGE
        if len(text) > most:
            raise ValidationError(f"This must not be longer than {most} characters.")
        if one_line and ("\n" in text or "\r" in text):
            raise ValidationError("This must be a single line.")

    def _check_content(self, text: str) -> None:
        component = self.component
        if component.kind == "email" and not _EMAIL.match(text):
            raise ValidationError("This is not an e-mail address.")
        if component.kind == "phone" and not _PHONE.match(re.sub(r"[ ()./-]", "", text)):
            raise ValidationError(
                "This is not a telephone number with its country, such as +352 4301 1."
            )
        if component.pattern and not component.pattern.found_in(text):
            raise ValidationError(
                component.pattern_message
                or f"This does not have the expected form ({component.pattern.text})."
            )


class Number(Answer):
    """A number; a whole one is stored as a whole one."""

    def read(self, value: Json) -> int | float | str:
        """Accept a JSON number, or its text when the form asks for texts."""
        number = self._decimal(value)
        self._check_digits(number)
        if self.component.as_text:
            return format(number, "f")
        return int(number) if number == number.to_integral_value() else float(number)

    def _decimal(self, value: Json) -> Decimal:
        numeric = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        written = isinstance(value, str) and self.component.as_text and len(value) < DIGITS
        if not numeric and not written:
            raise ValidationError("This must be a number.")
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            raise ValidationError("This must be a number.") from None
        if not number.is_finite() or abs(number.adjusted()) > POWERS:
            raise ValidationError("This number cannot be stored.")
        return number

    def _check_digits(self, number: Decimal) -> None:
        digits, step = self.component.digits, self.component.increment
        if digits is not None and -_exponent(number) > digits:
            raise ValidationError(
                "This must be a whole number."
                if digits == 0
                else f"This must not have more than {digits} decimal digits."
            )
        if step is not None and number % step:
            below = number - number % step
            raise ValidationError(
                f"This goes in steps of {step}; the nearest are {below} and {below + step}."
            )


class Checkbox(Answer):
    """Yes or no."""

    def read(self, value: Json) -> bool:
        """Accept true and false, nothing that resembles them."""
        if not isinstance(value, bool):
            raise ValidationError("This must be true or false.")
        return value


class Moment(Answer):
    """A date, a time of day, or an instant with its zone."""

    def read(self, value: Json) -> str:
        """Accept ISO 8601 of a moment that exists."""
        if not isinstance(value, str):
            raise ValidationError("This must be a text.")
        readers = {"date": _read_date, "time": _read_time, "datetime": _read_instant}
        return readers[self.component.kind or "date"](value)


class Choice(Answer):
    """One option; which ones there are may depend on the case."""

    def read(self, value: Json) -> Json:
        """Accept a value among the static options."""
        check_option(self.component, value, self.component.choices)
        return value


class Several(Answer):
    """Several options, each at most once."""

    def read(self, value: Json) -> list[Any]:
        """Accept a list without repetitions."""
        if not isinstance(value, list | tuple):
            raise ValidationError("This must be a list.")
        chosen = [self.entry(one) for one in value]
        if any(is_same(one, other) for at, one in enumerate(chosen) for other in chosen[:at]):
            raise ValidationError("An entry stands here twice.")
        return chosen

    def entry(self, value: Json) -> Json:
        """Accept one entry."""
        check_option(self.component, value, self.component.choices)
        return value


class Documents(Several):
    """Identifiers of uploaded documents."""

    def read(self, value: Json) -> list[Any]:
        """Accept a list, or a single identifier; several only where the form allows it."""
        chosen = super().read([value] if isinstance(value, str) else value)
        if len(chosen) > 1 and not self.component.several:
            raise ValidationError("Only one document is expected here.")
        return chosen

    def entry(self, value: Json) -> Json:
        """Accept the identifier of a document."""
        if not isinstance(value, str) or not _DOCUMENT.match(value):
            raise ValidationError("This is not the identifier of an uploaded document.")
        return value


class Computed(Answer):
    """An expression field: the page sends its value, the server computes it itself."""

    def read(self, value: Json) -> Json:
        """Accept anything; it is replaced."""
        return value


_FIELDS: dict[str, type[Answer]] = {
    "textfield": Text,
    "textarea": Text,
    "number": Number,
    "checkbox": Checkbox,
    "radio": Choice,
    "select": Choice,
    "checklist": Several,
    "taglist": Several,
    "datetime": Moment,
    "filepicker": Documents,
    "expression": Computed,
}


def schema_class(components: tuple[Component, ...], *, name: str) -> type[Schema]:
    """Build the marshmallow Schema of one scope; fields it does not have are refused."""
    return _scope(_tree(components), name=name)


def _tree(components: tuple[Component, ...]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for component in components:
        branch: Json = component
        for step in reversed(component.path):
            branch = {step: branch}
        _merge(tree, branch)
    return tree


def _merge(tree: dict[str, Any], more: Mapping[str, Any]) -> None:
    for step, branch in more.items():
        if isinstance(branch, dict) and isinstance(tree.get(step), dict):
            _merge(tree[step], branch)
        else:
            tree[step] = branch


def _scope(tree: Mapping[str, Any], *, name: str) -> type[Schema]:
    schema = Schema.from_dict({step: _field(found) for step, found in tree.items()}, name=name)

    class Closed(schema):  # type: ignore[misc, valid-type]  # the base is made above
        class Meta:
            unknown = RAISE

        error_messages: ClassVar[dict[str, str]] = {
            "unknown": "This form has no such field.",
            "type": "This must be an object with named values.",
        }

    Closed.__name__ = name
    return Closed


def _field(found: Component | Mapping[str, Any]) -> fields.Field[Any]:
    if isinstance(found, Mapping):
        return fields.Nested(_scope(found, name="Part"), allow_none=True)
    if found.type == "dynamiclist":
        entry = schema_class(found.children, name="Entry")
        return fields.Nested(
            entry, many=True, allow_none=True, error_messages={"type": "This must be a list."}
        )
    return _FIELDS[found.type](found)


def check_option(component: Component, value: Json, choices: Choices | None) -> None:
    """Refuse a value that is not among the static options; the others wait for the case."""
    options = choices.values if choices else None
    if options is not None:
        refuse_unless_among(value, options)


def refuse_unless_among(value: Json, options: tuple[object, ...]) -> None:
    """Raise ValidationError with the options when the value is none of them."""
    if any(is_same(value, option) for option in options):
        return
    if not options:
        raise ValidationError("There is nothing to choose from here.")
    shown = ", ".join(str(option) for option in options[:SHOWN])
    more = ", ..." if len(options) > SHOWN else ""
    raise ValidationError(f"This is not one of the options ({shown}{more}).")


def is_same(one: Json, other: Json) -> bool:
    """Compare JSON values: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _read_date(text: str) -> str:
    if not _DATE.match(text):
        raise ValidationError("This must be a date such as 2026-06-01.")
    return _existing(date.fromisoformat, text).isoformat()


def _read_time(text: str) -> str:
    if not _TIME.match(text):
        raise ValidationError("This must be a time such as 09:30.")
    return _existing(time.fromisoformat, text).isoformat()


def _read_instant(text: str) -> str:
    day, _, hour = text.partition("T")
    if not _DATE.match(day) or not _TIME.match(hour):
        raise ValidationError("This must be an instant such as 2026-06-01T09:30+02:00.")
    instant = _existing(datetime.fromisoformat, text)
    if instant.tzinfo is None:
        raise ValidationError("This instant lacks its zone, such as +02:00 or Z.")
    return instant.isoformat()


def _existing(read: Callable[[str], Moments], text: str) -> Moments:
    try:
        found = read(text)
    except ValueError:
        raise ValidationError(f"{text} does not exist in the calendar.") from None
    if isinstance(found, date) and found.year not in YEARS:
        raise ValidationError(f"The year must lie between {YEARS[0]} and {YEARS[-1]}.")
    return found
