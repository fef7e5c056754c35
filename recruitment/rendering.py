"""Pages of a PDF as pictures, drawn by PDFium in a process of its own with little in its hands.

A paper comes from outside: what it holds must not run in the process that holds the database. The
child gets the bytes and a page number, has bounded time and memory, and knows no secret.
"""

import subprocess
import sys
from pathlib import Path

from engine.errors import Invalid
from recruitment.mending import mended

#: Width of a picture in pixels; twice the width that a desk shows it in.
WIDTH = 1100
_SECONDS = 10
_BYTES = 2_000_000_000
_CHILD = Path(__file__).parent / "rendering_child.py"


def picture(content: bytes, page: int) -> bytes:
    """Return a page (from 1) as PNG, `WIDTH` pixels wide; raise Invalid when it cannot be drawn.

    Of a file whose end is missing the pages are drawn that are still there.
    """
    try:
        return _drawn(content, page)
    except Invalid:
        whole = mended(content)
        if whole is None:
            raise
        return _drawn(whole, page)


def _drawn(content: bytes, page: int) -> bytes:
    given = [str(page), str(WIDTH), str(_SECONDS), str(_BYTES)]
    try:
        made = subprocess.run(  # noqa: S603  # ourselves, without a shell
            [sys.executable, "-I", str(_CHILD), *given],
            input=content,
            capture_output=True,
            check=True,
            timeout=_SECONDS + 5,
            env={},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Invalid(
            "This page cannot be drawn", where=f"page {page}", remedy="download the file instead"
        ) from error
    return made.stdout
