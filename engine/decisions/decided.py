"""The answer of a decision with its reasons, as the history keeps it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class InputTrace:
    """One input of a table: its label, its FEEL text and the value it had, as JSON."""

    label: str
    text: str
    value: object


@dataclass(frozen=True, kw_only=True)
class CellTrace:
    """One test: the input's label, the cell, the value tested (JSON) and the outcome."""

    input: str
    text: str
    value: object
    #: None when the test could not be decided, for instance on a missing value.
    result: bool | None


@dataclass(frozen=True, kw_only=True)
class RuleTrace:
    """One rule: whether it matched, cell by cell, and where the rule comes from."""

    number: int
    matched: bool
    cells: tuple[CellTrace, ...]
    #: The article or policy the rule rests on.
    source: str


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What was decided and why; `output` is a JSON value."""

    decision: str
    name: str
    output: object
    #: None for a literal expression.
    hit_policy: str | None
    #: Numbers of the rules that matched, from 1, in the order of the table.
    matched: tuple[int, ...]
    #: Every rule of the table; none for a table without inputs, where there is nothing to test.
    rules: tuple[RuleTrace, ...]
    inputs: tuple[InputTrace, ...]
    #: The answers it rests on; none for one that follows from the tables alone.
    required: tuple["Decided", ...]
    #: SHA-256 of the file that holds the decision: the version of the table.
    digest: str
    #: SHA-256 of the canonical JSON of the inputs and of the required results.
    inputs_digest: str

    def as_json(self) -> dict[str, object]:
        """Return plain JSON for the history."""
        plain = asdict(self)
        return {key: _listed(value) for key, value in plain.items()}


def _listed(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _listed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value
