"""A mail taken apart: who, what, which files; pure, from bytes alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from recruitment.mailbox.automatic import Report, report_of, why_automatic
from recruitment.mailbox.signed import signed_content
from recruitment.mailbox.texts import body, decoded, file_name, header

#: Parts of a message, and how deep messages may lie in messages.
_MOST_PARTS, _DEEP = 200, 5
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pgp-encrypted"})
_MOST_TEXT, _MOST_HEADERS = 20_000, 100


class Unreadable(ValueError):
    """This is no mail that can be taken apart."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Who says to have written a message, and under which subject."""

    address: str
    name: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail taken apart."""

    writer: Writer
    #: where answers go: Reply-To, else the writer
    answer_to: str
    message_id: str
    #: the Date line as it stands; proves nothing
    date: str
    headers: tuple[tuple[str, str], ...]
    text: str
    files: tuple[Attachment, ...]
    #: images of the text that are no attachments
    images: int
    #: "forwarded", "signed", "encrypted", in the order in which they were met
    wrappings: tuple[str, ...]
    #: who wrote the message inside, when one was forwarded
    inner: Writer | None
    #: the header that says that nobody wrote it; empty for a person's mail
    automatic: str
    report: Report | None


@dataclass
class _Found:
    texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    images: int = 0
    wrappings: list[str] = field(default_factory=list)
    inner: Writer | None = None
    parts: int = 0


def take_apart(raw: bytes) -> Mail:
    """Return a mail taken apart; raises Unreadable."""
    try:
        message = message_from_bytes(raw)
        if not message.keys():
            raise Unreadable("there is no header")
        return _mail(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        if isinstance(error, Unreadable):
            raise
        # the parser of the standard library forgives nearly everything, but not all
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from error


def _mail(message: Message) -> Mail:
    found, writer, report = _Found(), _writer(message), report_of(message)
    _walk(message, found, 0)
    return Mail(
        writer=writer,
        answer_to=_address(message, "Reply-To")[0] or writer.address,
        message_id=header(message, "Message-ID")[:998],
        date=header(message, "Date")[:200],
        headers=tuple(_headers(message)),
        text="\n".join(found.texts or found.pages)[:_MOST_TEXT],
        files=tuple(found.files),
        images=found.images,
        wrappings=tuple(dict.fromkeys(found.wrappings)),
        inner=found.inner,
        automatic=why_automatic(message),
        report=report,
    )


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    for name, value in list(message.items())[:_MOST_HEADERS]:
        yield decoded(name)[:100], decoded(value)[:2000]


def _writer(message: Message) -> Writer:
    address, name = _address(message, "From")
    if not address:
        address, name = _address(message, "Sender")
    return Writer(address=address, name=name, subject=header(message, "Subject")[:998])


def _address(message: Message, name: str) -> tuple[str, str]:
    # the address is taken out before names are decoded: a name may hold commas and brackets
    for shown, address in getaddresses([str(one) for one in message.get_all(name, [])]):
        if "@" in address:
            return decoded(address)[:320], decoded(shown)[:200]
    return "", ""


def _walk(part: Message, found: _Found, deep: int) -> None:
    found.parts += 1
    if found.parts > _MOST_PARTS:
        raise Unreadable(f"it has more than {_MOST_PARTS} parts")
    kind = part.get_content_type()
    if kind in _ENCRYPTED:
        found.wrappings.append("encrypted")
    elif kind == "message/rfc822":
        _unwrap(part, found, deep)
    elif part.is_multipart():
        if kind == "multipart/signed":
            found.wrappings.append("signed")
        for one in _alternatives(part):
            _walk(one, found, deep)
    else:
        _leaf(part, kind, found, deep)


def _alternatives(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    yield from (one for one in payload if isinstance(one, Message))


def _unwrap(part: Message, found: _Found, deep: int) -> None:
    inner = next(_alternatives(part), None)
    if inner is None or deep >= _DEEP:
        raise Unreadable("messages lie too deep in messages")
    found.wrappings.append("forwarded")
    found.inner = found.inner or _writer(inner)
    _walk(inner, found, deep + 1)


def _leaf(part: Message, kind: str, found: _Found, deep: int) -> None:
    name, disposition = file_name(part), part.get_content_disposition()
    if kind in _SIGNATURES:
        return
    if kind in _OPAQUE:
        _opaque(part, found, deep)
    elif part.get_content_maintype() == "text" and disposition != "attachment" and not name:
        (found.pages if kind == "text/html" else found.texts).append(body(part))
    elif part.get_content_maintype() == "image" and disposition != "attachment":
        found.images += 1
    else:
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        found.files.append(Attachment(name=name, media_type=kind, content=content))


def _opaque(part: Message, found: _Found, deep: int) -> None:
    content = part.get_payload(decode=True)
    inside = signed_content(content) if isinstance(content, bytes) else None
    if inside is None or deep >= _DEEP:
        found.wrappings.append("encrypted")
        return
    found.wrappings.append("signed")
    _walk(message_from_bytes(inside), found, deep + 1)
