"""Reads a PDF with pypdf and PDFium: bytes come in, JSON goes out; it imports nothing of ours."""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
from pypdf.generic import DictionaryObject

#: Pages whose text is looked for, and how deep and far a name tree is followed.
FIRST, DEEP, MANY = 5, 8, 200
#: How many files inside are listed, and the largest XML record that is handed on, in bytes.
LISTED, LARGEST_XML = 20, 500_000
#: Which error of PDFium means that a password is missing.
LOCKED = "incorrect password"


def main() -> None:
    """Answer what both programs say; arguments: seconds, bytes of memory, most pages."""
    seconds, memory, most = (int(one) for one in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    answer: dict[str, Any] = {
        "marks": {}, "attached": [], "xml": "", "locked": False, "restricted": False,
    }  # fmt: skip
    answer["pdfium"] = _attempt(lambda: _by_pdfium(content))
    answer["pypdf"] = _attempt(lambda: _by_pypdf(content, answer, most))
    if LOCKED in str(answer["pdfium"]["error"]).lower():
        answer["locked"] = True
    sys.stdout.write(json.dumps(answer))


def _attempt(read: Any) -> dict[str, Any]:  # noqa: ANN401  # a function
    try:
        return {"pages": read(), "error": None}
    except Exception as error:  # noqa: BLE001, RUF100  # whatever a broken file makes them raise
        # a broken file makes the programs raise anything at all
        return {"pages": 0, "error": _plain(f"{type(error).__name__}: {error}")[:200]}


def _by_pdfium(content: bytes) -> int:
    return len(pypdfium2.PdfDocument(content))


def _by_pypdf(content: bytes, answer: dict[str, Any], most: int) -> int:
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        answer["locked"] = not reader.decrypt("")
        answer["restricted"] = not answer["locked"]
    if answer["locked"]:
        return 0
    pages = len(reader.pages)
    if pages <= most:
        _look(reader, answer)
    return pages


def _look(reader: pypdf.PdfReader, answer: dict[str, Any]) -> None:
    root = reader.root_object
    marks = answer["marks"]
    actions = list(_actions(reader))
    marks["script"] = any(_entry(one, "/S") == "/JavaScript" for one in actions)
    marks["launch"] = any(_entry(one, "/S") == "/Launch" for one in actions)
    form = _dictionary(root, "/AcroForm")
    marks["xfa"] = "/XFA" in form
    marks["signed"] = bool(int(_entry(form, "/SigFlags") or 0) & 1)
    marks["portfolio"] = "/Collection" in root
    marks["archive"] = b"pdfaid:part" in _metadata(root)
    texts = (page.extract_text().strip() for page in reader.pages[:FIRST])
    marks["image_only"] = bool(len(reader.pages)) and not any(texts)
    for name, data in _attached(root):
        answer["attached"].append([_plain(name)[:120], len(data)])
        if data.lstrip(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and len(data) <= LARGEST_XML:
            answer["xml"] = answer["xml"] or _plain(data.decode("utf-8", "replace"))


def _actions(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Give what happens by itself: on opening, at events, on the first pages."""
    root = reader.root_object
    yield from _chain(_entry(root, "/OpenAction"))
    yield from _dictionary(root, "/AA").values()
    yield from (value for _, value in _names(_entry(_dictionary(root, "/Names"), "/JavaScript")))
    for page in reader.pages[:MANY]:
        yield from _dictionary(page, "/AA").values()


def _chain(action: Any) -> Iterator[Any]:  # noqa: ANN401  # any object of a PDF
    for _ in range(DEEP):
        if not isinstance(action, DictionaryObject):
            return
        yield action
        action = _entry(action, "/Next")


def _attached(root: DictionaryObject) -> Iterator[tuple[str, bytes]]:
    tree = _entry(_dictionary(root, "/Names"), "/EmbeddedFiles")
    for number, (name, value) in enumerate(_names(tree)):
        if number == LISTED:
            return
        stream = _entry(_dictionary(value, "/EF"), "/F")
        if stream is not None:
            yield str(_entry(value, "/UF") or _entry(value, "/F") or name), stream.get_data()


def _names(node: Any, deep: int = 0) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # any object
    """Give the pairs of a name tree (ISO 32000-2, 7.9.6)."""
    if not isinstance(node, DictionaryObject) or deep > DEEP:
        return
    pairs = _entry(node, "/Names") or []
    for place in range(0, min(len(pairs) - 1, 2 * MANY), 2):
        yield str(pairs[place].get_object()), pairs[place + 1].get_object()
    for kid in list(_entry(node, "/Kids") or [])[:MANY]:
        yield from _names(kid.get_object(), deep + 1)


def _metadata(root: DictionaryObject) -> bytes:
    stream = _entry(root, "/Metadata")
    return bytes(stream.get_data()) if hasattr(stream, "get_data") else b""


def _plain(text: str) -> str:
    """Return a text that JSON and the database take: no half character, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _entry(holder: Any, name: str) -> Any:  # noqa: ANN401  # any object of a PDF
    if not isinstance(holder, DictionaryObject) or name not in holder:
        return None
    return holder[name].get_object()


def _dictionary(holder: Any, name: str) -> DictionaryObject:  # noqa: ANN401  # any object
    found = _entry(holder, name)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


if __name__ == "__main__":
    main()
