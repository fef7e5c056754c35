"""Look at an uploaded file, not at its name; the machine sorts, people decide."""

import hashlib
import io
from dataclasses import dataclass
from typing import Literal

import pypdf
from pypdf.errors import PyPdfError

Verdict = Literal["accept", "flag", "ask"]

MAX_BYTES = 20_000_000
MAX_PAGES = 500
#: Places before which the PDF header must stand (ISO 32000 annex H).
HEADER_WITHIN = 1024


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found; no verdict excludes a person."""

    sha256: str
    size: int
    pages: int
    verdict: Verdict
    defects: tuple[str, ...]


def inspect_pdf(content: bytes) -> Inspection:
    """Judge a file that should be one PDF: accept, flag (marked), or ask to send it again."""
    pages, verdict, defects = _judge(content)
    return Inspection(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=pages,
        verdict=verdict,
        defects=tuple(defects),
    )


def _judge(  # noqa: PLR0911  # one line per kind of trouble
    content: bytes,
) -> tuple[int, Verdict, list[str]]:
    if not content:
        return 0, "ask", ["the file is empty"]
    if len(content) > MAX_BYTES:
        return 0, "ask", [f"the file is larger than {MAX_BYTES // 1_000_000} MB"]
    if b"%PDF-" not in content[:HEADER_WITHIN]:
        return 0, "ask", ["the file is not a PDF"]
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return 0, "ask", ["the file is locked with a password"]
        pages = len(reader.pages)
        if pages > MAX_PAGES:
            return pages, "ask", [f"the file has more than {MAX_PAGES} pages"]
        defects = _defects(reader)
    except (PyPdfError, ValueError, KeyError, RecursionError, TypeError, AttributeError) as error:
        return 0, "ask", [f"the file cannot be read: {type(error).__name__}"]
    if not pages:
        return 0, "ask", ["the file has no page"]
    return pages, "flag" if defects else "accept", defects


def _defects(reader: pypdf.PdfReader) -> list[str]:
    root = reader.root_object
    found = []
    if "/JavaScript" in str(root.get("/OpenAction", "")):
        found.append("a script runs on opening")
    if "/XFA" in str(root.get("/AcroForm", "")):
        found.append("it is an XFA form")
    if not any(page.extract_text().strip() for page in reader.pages[:5]):
        found.append("the first pages hold images only")
    return found
