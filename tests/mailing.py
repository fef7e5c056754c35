"""Mails and papers as they really come, built byte by byte for the tests."""

import io
import zlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from recruitment.correspondence import pdf

HOST = "mx.cursus.example"
REFERENCE = "EC/2026/DIGIT/000001"
#: The test file of all scanners (EICAR), written so that no scanner stops at this source.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
AT = datetime(2026, 1, 5, 8, 30, 7, tzinfo=UTC)


def paper(name="Ana Berg", text="CV and application form"):
    """One good PDF."""
    return pdf(text, name, {}, date="2026-01-05")


def drawn(pages=4, *, text=True, catalog=b"", fill=b""):
    """A PDF of the old kind: each object in plain sight, a table of places at the end."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * one) for one in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        said = b"BT /F1 12 Tf 72 700 Td (Page %d) Tj ET" % (number + 1) if text else b"0 0 9 9 re f"
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(said), said),
        ]
    if fill:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(fill), fill))
    return _written(objects)


def _written(objects):
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % one for one in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table,
    )  # fmt: skip
    return bytes(out)


def rewritten(change, content=None):
    """A good PDF after `change` has worked on its writer."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content or drawn(1)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_catalog(**entries):
    """A good PDF whose catalog says more."""

    def change(writer):
        for name, value in entries.items():
            writer.root_object[NameObject(f"/{name}")] = value

    return rewritten(change)


def xfa():
    """A form as Adobe's designer makes it."""
    form = {NameObject("/XFA"): TextStringObject("<xdp/>"), NameObject("/Fields"): ArrayObject()}
    return with_catalog(AcroForm=DictionaryObject(form))


def portfolio():
    """Several files in one cover."""
    return rewritten(
        lambda writer: writer.root_object.update({NameObject("/Collection"): DictionaryObject()}),
        attached("second.pdf", drawn(1)),
    )


def signed_form():
    """What says that it is signed."""
    return with_catalog(AcroForm=DictionaryObject({NameObject("/SigFlags"): NumberObject(3)}))


def attached(name, data):
    """A good PDF with a file inside."""
    return rewritten(lambda writer: writer.add_attachment(name, data))


def bomb():
    """A page whose content is 600 MB once it is unpacked twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * 1_000_000) for _ in range(600)) + packer.flush()

    def change(writer):
        stream = StreamObject()
        stream._data = zlib.compress(once, 9)
        stream[NameObject("/Filter")] = ArrayObject(
            [NameObject("/FlateDecode"), NameObject("/FlateDecode")]
        )
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    return rewritten(change)


def received(at=AT, host=HOST, zone=None):
    """A Received line as our server writes it."""
    local = at.astimezone(zone) if zone else at
    return f"from mail.example ([192.0.2.1]) by {host} (Postfix) with ESMTPS id 4XyZ; " + (
        format_datetime(local)
    )


def letter(  # noqa: PLR0913  # a mail has these parts
    *,
    subject=f"{REFERENCE} application",
    sender="Ana Berg <ana@example.org>",
    text="Please find my application attached.",
    files=(("CV.pdf", None),),
    at=AT,
    message_id="<1@mail.example>",
    **headers,
):
    """A usual mail; `files` are pairs of name and content, None for a good PDF."""
    message = EmailMessage()
    message["Received"] = received(at)
    message["From"] = sender
    message["To"] = "Recruitment <jobs@cursus.example>"
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(
            paper() if content is None else content,
            maintype="application", subtype="pdf", filename=name,
        )  # fmt: skip
    return message


def raw(message, *more):
    """The bytes of a mail as they travel."""
    return message.as_bytes()
