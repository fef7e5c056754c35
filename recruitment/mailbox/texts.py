"""Texts of a mail as people read them: headers, bodies and names in any character set."""

import re
from contextlib import suppress
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from html.parser import HTMLParser

#: What declares itself as nothing, or as something unknown, is most often one of these.
_GUESSES = ("utf-8", "windows-1252")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"})


def plain(text: str) -> str:
    """Return a text that the database takes: no control sign, no half character."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode()


def header(message: Message, name: str) -> str:
    """Return a header decoded (RFC 2047) and on one line; empty when it is missing."""
    value = message.get(name)
    return "" if value is None else decoded(value)


def decoded(value: object) -> str:
    """Return the value of a header in plain letters, whatever its character sets are called."""
    text = str(value)
    with suppress(ValueError):  # what cannot be decoded is shown as it came
        # blanks between encoded words mean nothing (RFC 2047, 6.2); decode_header drops them
        text = "".join(_piece(content, charset) for content, charset in decode_header(value))  # type: ignore[arg-type]  # a Header too
    return _SPACES.sub(" ", plain(text)).strip()


def _piece(content: bytes | str, charset: str | None) -> str:
    if isinstance(content, str):
        # bytes above 127 that no one declared come as half characters
        content = content.encode("utf-8", "surrogateescape")
    return letters(content, None if charset == "unknown-8bit" else charset)


def letters(content: bytes, charset: str | None) -> str:
    """Return bytes as text: as declared, else by the usual guesses."""
    for name in (charset, *_GUESSES):
        if name:
            with suppress(LookupError, UnicodeDecodeError):
                return content.decode(name)
    return content.decode("latin-1")


def file_name(part: Message) -> str:
    """Return the name of an attachment (RFC 2231, or RFC 2047 where it must not stand)."""
    for name, where in (("filename", "content-disposition"), ("name", "content-type")):
        value = part.get_param(name, header=where, failobj=None)
        if value is not None:
            text = collapse_rfc2231_value(value)
            # only the last segment: a name is no path
            return re.split(r"[\\/]", decoded(text))[-1][:200]
    return ""


def body(part: Message) -> str:
    """Return the text of a text part; HTML without its marks."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    text = letters(content, part.get_content_charset())
    return plain(without_marks(text) if part.get_content_subtype() == "html" else text)


def without_marks(text: str) -> str:
    """Return HTML as lines of text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (_SPACES.sub(" ", one).strip() for one in "".join(reader.found).split("\n"))
    return "\n".join(one for one in lines if one)


class _Reader(HTMLParser):
    """Gathers what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _UNSEEN
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data.replace("\n", " "))
