"""What a check has to say about one place of one file; the kernel's gate speaks it as well."""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One remark: what is wrong where, and what to do about it."""

    #: Stable slug, such as "decision-overlap".
    code: str
    #: An error stops publication, a warning is shown.
    severity: Severity
    message: str
    remedy: str
    file: str
    #: Id of the element; None if the whole file is meant.
    element: str | None = None
    #: Line in the file, from 1.
    line: int | None = None
    #: Offset in the expression, from 0.
    position: int | None = None

    def __str__(self) -> str:
        """Say it in one line, as a compiler would."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}: {self.severity}: {self.message}{remedy}"

    def as_json(self) -> dict[str, object]:
        """Return the finding as plain JSON."""
        return asdict(self)
