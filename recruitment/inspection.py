"""Look at an uploaded file, not at its name; the machine sorts, people decide.

Two programs read a PDF, in a process of its own with bounded time and memory: a file from outside
must not be able to hold up or bring down who looks at it.
"""

import hashlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from recruitment.checks import Check, Verdict, gravest
from recruitment.europass import read_europass
from recruitment.mending import mended

#: The largest application that is looked into: twelve megabytes of padding are no application.
MAX_BYTES = 10_000_000
MAX_PAGES = 500
#: Places before which the PDF header must stand (ISO 32000 annex H).
HEADER_WITHIN = 1024
_SECONDS = 10
_MEMORY = 1_500_000_000
_CHILD = Path(__file__).parent / "inspection_child.py"
#: What a file is by its first bytes, when it is no PDF.
_LOOKS: Sequence[tuple[bytes, str]] = (
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"PK\x03\x04", "ZIP archive or Office document"),
    (b"\xd0\xcf\x11\xe0", "old Office document"),
    (b"Rar!", "RAR archive"),
    (b"7z\xbc\xaf", "7-Zip archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"\x89PNG", "PNG picture"),
    (b"{\\rtf", "RTF document"),
    (b"<", "HTML or XML text"),
)
#: What a file holds, and how it is judged.
_MARKS: Mapping[str, tuple[str, Verdict]] = {
    "script": ("pdf-script", "flag"),
    "launch": ("pdf-launch", "flag"),
    "xfa": ("pdf-xfa", "flag"),
    "portfolio": ("pdf-portfolio", "flag"),
    "image_only": ("pdf-image", "flag"),
    "signed": ("pdf-signed", "accept"),
    "archive": ("pdf-archive", "accept"),
}


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found; no verdict excludes a person."""

    sha256: str
    size: int
    pages: int
    verdict: Verdict
    checks: tuple[Check, ...]

    @property
    def defects(self) -> tuple[str, ...]:
        """Everything but what is in order, in words."""
        return tuple(one.english for one in self.checks if one.verdict != "accept")


def inspect_pdf(content: bytes) -> Inspection:
    """Judge a file that should be one PDF: accept, flag (marked), or ask to send it again."""
    pages, checks = _judge(content)
    return Inspection(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=pages,
        verdict=gravest(checks),
        checks=tuple(checks),
    )


def _judge(content: bytes) -> tuple[int, list[Check]]:
    if not content:
        return 0, [Check(code="pdf-empty", verdict="ask")]
    if len(content) > MAX_BYTES:
        facts = {"megabytes": len(content) // 1_000_000, "most": MAX_BYTES // 1_000_000}
        return 0, [Check(code="pdf-large", verdict="ask", facts=facts)]
    header = content[:HEADER_WITHIN].find(b"%PDF-")
    if header < 0:
        return 0, [Check(code="pdf-not", verdict="ask", facts={"looks": looks_like(content)})]
    around = _around(content, header)
    found = _read(content)
    if found is not None and _is_broken(found):
        found = _mend(content, found)
    if found is None:
        return 0, [Check(code="pdf-slow", verdict="ask", facts={"seconds": _SECONDS}), *around]
    return _weigh(found, around)


def looks_like(content: bytes) -> str:
    """Say what a file that is no PDF seems to be."""
    start = content.lstrip()[:8]
    return next((name for mark, name in _LOOKS if start.startswith(mark)), "unknown")


def _around(content: bytes, header: int) -> list[Check]:
    """Log what stands before the header and after the last end mark."""
    found = []
    if header:
        found.append(Check(code="pdf-before", verdict="accept", facts={"bytes": header}))
    end = content.rfind(b"%%EOF")
    trailing = len(content[end + 5 :].strip()) if end >= 0 else 0
    if trailing:
        found.append(Check(code="pdf-after", verdict="accept", facts={"bytes": trailing}))
    return found


def _read(content: bytes) -> dict[str, Any] | None:
    """Let two programs read it; None when they take too long or too much."""
    given = [str(_SECONDS), str(_MEMORY), str(MAX_PAGES)]
    try:
        done = subprocess.run(  # noqa: S603  # ourselves, without a shell
            [sys.executable, "-I", str(_CHILD), *given],
            input=content,
            capture_output=True,
            check=True,
            timeout=2 * _SECONDS,
            env={},
        )
        found: dict[str, Any] = orjson.loads(done.stdout)
    except (subprocess.SubprocessError, orjson.JSONDecodeError):
        return None
    return found


def _is_broken(found: Mapping[str, Any]) -> bool:
    return bool(found["pypdf"]["error"] and found["pdfium"]["error"] and not found["locked"])


def _mend(content: bytes, found: dict[str, Any]) -> dict[str, Any]:
    """Let PDFium, which the pages are shown with, read what is left of a file without its end."""
    whole = mended(content)
    again = _read(whole) if whole else None
    return found if again is None else {**found, "pdfium": again["pdfium"]}


def _weigh(found: Mapping[str, Any], around: list[Check]) -> tuple[int, list[Check]]:
    first, second = found["pypdf"], found["pdfium"]
    if found["locked"]:
        return 0, [Check(code="pdf-locked", verdict="ask"), *around]
    if first["error"] and second["error"]:
        facts = {"pypdf": first["error"], "pdfium": second["error"]}
        return 0, [Check(code="pdf-unreadable", verdict="ask", facts=facts), *around]
    # what is shown page by page is what PDFium reads
    pages = int(second["pages"] or first["pages"])
    if not pages:
        return 0, [Check(code="pdf-no-page", verdict="ask"), *around]
    if pages > MAX_PAGES:
        facts = {"pages": pages, "most": MAX_PAGES}
        return pages, [Check(code="pdf-pages", verdict="ask", facts=facts), *around]
    return pages, [_agreement(first, second), *_contents(found), *around]


def _agreement(first: Mapping[str, Any], second: Mapping[str, Any]) -> Check:
    if not first["error"] and not second["error"] and first["pages"] == second["pages"]:
        return Check(code="pdf-opens", verdict="accept", facts={"pages": first["pages"]})
    facts = {
        name: one["error"] or f"{one['pages']} pages"
        for name, one in (("pypdf", first), ("pdfium", second))
    }
    return Check(code="pdf-disagree", verdict="flag", facts=facts)


def _contents(found: Mapping[str, Any]) -> list[Check]:
    checks = [
        Check(code=code, verdict=verdict)
        for name, (code, verdict) in _MARKS.items()
        if found["marks"].get(name)
    ]
    if found["restricted"]:
        checks.append(Check(code="pdf-restricted", verdict="flag"))
    attached = found["attached"]
    if attached:
        names = ", ".join(f"{name} ({size} bytes)" for name, size in attached)
        checks.append(Check(code="pdf-attached", verdict="accept", facts={"names": names}))
    person = read_europass(found["xml"])
    if person:
        checks.append(Check(code="europass", verdict="accept", facts=person))
    return checks
