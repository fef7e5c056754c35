"""Mails taken apart and judged: each row of the traps, with its verdict."""

import base64
from datetime import UTC, datetime, timedelta
from email.message import MIMEPart
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from zoneinfo import ZoneInfo

import pytest

from recruitment.checks import Check
from recruitment.inspection import inspect_pdf
from recruitment.mailbox.delivered import Delivered
from recruitment.mailbox.judging import judge
from recruitment.mailbox.message import Unreadable, take_apart
from recruitment.mailbox.reading import received_lines, understood
from recruitment.mailbox.receipt import receipt_of
from recruitment.mailbox.references import named
from recruitment.mailbox.relays import is_shared, takes_no_answer
from recruitment.mailbox.signed import signed_content
from tests.mailing import AT, HOST, REFERENCE, letter, paper, received

BRUSSELS = ZoneInfo("Europe/Brussels")
OTHER = "EC/2026/HR/000007"
KNOWN = {REFERENCE: "c1", OTHER: "c7"}
PDF = paper()
SCANNED = Check(code="scan-none", verdict="accept")


def judged(raw, known=KNOWN):
    mail = take_apart(raw)
    receipt = receipt_of(received_lines(raw), host=HOST, delivered_at=None, said=AT)
    found = judge(mail, receipt, known, inspect=inspect_pdf, scan=lambda _content: SCANNED)
    return mail, found


def clean():
    return letter().as_bytes()


def encoded():
    """RFC 2047 in the subject, RFC 2231 in the file's name, written by hand."""
    subject = base64.b64encode(f"{REFERENCE} - žádost".encode()).decode()
    part = base64.b64encode(PDF).decode()
    return (
        f"Received: {received()}\r\n"
        "From: =?UTF-8?Q?Zofie_=C5=A0=C5=A5astn=C3=A1?= <z@example.org>\r\n"
        f"Subject: =?UTF-8?B?{subject}?=\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf;"
        " name*=UTF-8''%C5%BDivotopis.pdf\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment;"
        " filename*0*=UTF-8''%C5%BDivoto; filename*1=pis.pdf\r\n\r\n"
        f"{part}\r\n"
    ).encode()


def charset(name, text, subject):
    word = base64.b64encode(subject.encode(name)).decode()
    outer = MIMEMultipart()
    outer["Received"] = received()
    outer["From"] = "a@example.org"
    outer["Subject"] = f"{REFERENCE} =?{name}?B?{word}?="
    outer.attach(MIMEText(text, "plain", name))
    return attach(outer)


def attach(outer, *, kind="application/pdf", name="cv.pdf", content=PDF):
    part = MIMEPart()
    main, sub = kind.split("/")
    part.set_content(content, maintype=main, subtype=sub, filename=name, disposition="attachment")
    outer.attach(part)
    return outer.as_bytes()


def html_only():
    message = letter(files=())
    message.set_content("<style>x</style><p>Dear&nbsp;colleagues,</p><p>my CV</p>", subtype="html")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="cv.pdf")
    return message.as_bytes()


def inline_image():
    message = letter(files=())
    message.add_alternative("<p>CV</p><img src='cid:x'>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG....", "image", "png", cid="<x>")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="cv.pdf")
    return message.as_bytes()


def with_files(*files):
    """A mail with files given as (media type, name, content)."""
    message = letter(files=())
    for kind, name, content in files:
        main, sub = kind.split("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def forwarded(subject="Fwd: application", inner_subject=f"{REFERENCE} application"):
    outer = MIMEMultipart()
    outer["Received"] = received()
    outer["From"] = "Info <info@relay.example>"
    outer["Subject"] = subject
    outer.attach(MIMEText("see below"))
    inner = letter(subject=inner_subject, at=AT - timedelta(days=9))
    outer.attach(MIMEMessage(inner))
    return outer.as_bytes()


def signed_clear():
    outer = MIMEMultipart("signed", protocol="application/pkcs7-signature", micalg="sha-256")
    outer["Received"] = received()
    outer["From"] = "a@example.org"
    outer["Subject"] = REFERENCE
    inner = MIMEMultipart()
    inner.attach(MIMEText("signed"))
    attach(inner)
    outer.attach(inner)
    return attach(outer, kind="application/pkcs7-signature", name="smime.p7s", content=b"0")


def der(tag, *contents):
    content = b"".join(contents)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x84" + size.to_bytes(4)
    return bytes([tag]) + length + content


SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def opaque(*, is_open_ended):
    """A message inside SignedData, with lengths known before (DER) or only at the end (BER)."""
    inner = MIMEMultipart()
    inner.attach(MIMEText("opaque"))
    content = attach(inner)
    if is_open_ended:
        halves = (content[:1000], content[1000:])
        octets = b"\x24\x80" + b"".join(der(4, one) for one in halves) + b"\0\0"
        encapsulated = b"\x30\x80" + DATA + b"\xa0\x80" + octets + b"\0\0" + b"\0\0"
        signed = b"\x30\x80" + der(2, b"\1") + der(0x31) + encapsulated + der(0x31) + b"\0\0"
        return b"\x30\x80" + SIGNED_DATA + b"\xa0\x80" + signed + b"\0\0\0\0"
    encapsulated = der(0x30, DATA, der(0xA0, der(4, content)))
    return der(0x30, SIGNED_DATA, der(0xA0, der(0x30, der(2, b"\1"), der(0x31), encapsulated)))


def signed_opaque(*, is_open_ended=False):
    content = opaque(is_open_ended=is_open_ended)
    return with_files(("application/pkcs7-mime", "smime.p7m", content))


def automatic(**headers):
    return letter(subject=f"Automatic reply: {REFERENCE}", files=(), **headers).as_bytes()


#: Name of the trap, the mail, the verdict, a check that must be found, the call proposed.
TRAPS = [
    ("clean", clean, "accept", "reference-subject", "c1"),
    ("RFC 2047 and RFC 2231", encoded, "accept", "reference-subject", "c1"),
    ("ISO-8859-2", lambda: charset("iso-8859-2", "Žádost", "žádost"), "accept", "files-one", "c1"),
    ("KOI8-R", lambda: charset("koi8-r", "Заявление", "заявление"), "accept", "files-one", "c1"),
    ("HTML only", html_only, "accept", "files-one", "c1"),
    ("inline image", inline_image, "accept", "images", "c1"),
    ("octet-stream", lambda: with_files(("application/octet-stream", "cv.pdf", PDF)), "accept",
     "file-type", "c1"),
    ("no reference", lambda: letter(subject="Application").as_bytes(), "sort", "reference-none",
     None),
    ("reference in the body only",
     lambda: letter(subject="Application", text=f"for {REFERENCE}").as_bytes(), "sort",
     "reference-body", None),
    ("reference of an unknown call", lambda: letter(subject="EC/2025/COMP/000004 CV").as_bytes(),
     "sort", "reference-unknown", None),
    ("reference of another call", lambda: letter(subject=f"{OTHER} application").as_bytes(),
     "accept", "reference-subject", "c7"),
    ("two references", lambda: letter(subject=f"{REFERENCE} or {OTHER}").as_bytes(), "sort",
     "reference-several", None),
    ("subject and text differ", lambda: letter(text=f"I apply for {OTHER}").as_bytes(), "sort",
     "reference-other", None),
    ("two PDFs", lambda: letter(files=(("cv.pdf", PDF), ("form.pdf", PDF))).as_bytes(), "ask",
     "files-several", "c1"),
    (".docx", lambda: with_files(("application/vnd.ms-word", "cv.docx", b"PK\3\4" + bytes(99))),
     "ask", "pdf-not", "c1"),
    ("winmail.dat", lambda: with_files(("application/ms-tnef", "winmail.dat", b"x\x9f>\"")), "ask",
     "file-outlook", "c1"),
    ("0 bytes", lambda: letter(files=(("cv.pdf", b""),)).as_bytes(), "ask", "pdf-empty", "c1"),
    ("no file", lambda: letter(files=()).as_bytes(), "ask", "files-none", "c1"),
    ("forwarded", forwarded, "accept", "forwarded", "c1"),
    ("S/MIME, signature beside", signed_clear, "accept", "signed", "c1"),
    ("S/MIME, opaque", signed_opaque, "accept", "signed", "c1"),
    ("S/MIME, opaque, open ends", lambda: signed_opaque(is_open_ended=True), "accept", "signed",
     "c1"),
    ("S/MIME, encrypted", lambda: with_files(("application/pkcs7-mime", "smime.p7m", b"0\x82")),
     "ask", "encrypted", "c1"),
    ("automatic reply", lambda: automatic(Auto_Submitted="auto-replied"), "none", "automatic",
     "c1"),
    ("older automatic reply", lambda: automatic(Precedence="bulk"), "none", "automatic", "c1"),
    ("null return path", lambda: automatic(Return_Path="<>"), "none", "automatic", "c1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("build", "verdict", "code", "call"), [one[1:] for one in TRAPS], ids=[one[0] for one in TRAPS]
)
def test_each_trap_has_its_verdict(build, verdict, code, call):
    _, found = judged(build())
    codes = {one.code for one in [*found.checks, *(c for f in found.files for c in f.checks)]}
    assert code in codes, codes
    assert (found.verdict, found.call) == (verdict, call), codes


def test_names_and_texts_come_in_their_own_letters():
    mail = take_apart(encoded())
    assert mail.writer.name == "Zofie Šťastná"
    assert mail.writer.subject == f"{REFERENCE} - žádost"
    assert [one.name for one in mail.files] == ["Životopis.pdf"]
    assert take_apart(charset("koi8-r", "Заявление", "заявление")).text.strip() == "Заявление"
    assert take_apart(charset("iso-8859-2", "Žádost", "žádost")).writer.subject.endswith("žádost")
    assert take_apart(html_only()).text == "Dear colleagues,\nmy CV"


def test_letters_of_no_declared_set_are_read_by_the_usual_guesses():
    raw = f"From: a@example.org\r\nSubject: {REFERENCE} Žádost\r\n\r\nŽ".encode()
    assert take_apart(raw).writer.subject == f"{REFERENCE} Žádost"
    assert take_apart(raw.replace("Ž".encode(), b"\x8e")).text == "Ž"


def test_a_forwarded_mail_keeps_who_wrote_what_inside():
    mail = take_apart(forwarded())
    assert mail.writer.address == "info@relay.example"
    assert mail.inner.address == "ana@example.org"
    assert mail.wrappings == ("forwarded",)


def test_what_is_signed_is_taken_out_of_both_kinds_of_containers():
    for is_open_ended in (False, True):
        inside = signed_content(opaque(is_open_ended=is_open_ended))
        assert take_apart(b"From: a@b.example\r\n" + inside).files[0].content == PDF
    assert signed_content(b"0\x82") is None
    assert signed_content(opaque(is_open_ended=False)[:500]) is None


def test_a_signature_that_says_no_is_no_automatic_reply():
    assert take_apart(automatic(Auto_Submitted="no")).automatic == ""


REPORT = """Received: {received}
Return-Path: <>
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ana@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: {returned}

Message-ID: <5f1c3f0e-8f4e-4a57-9d2e-0c9d3f6f0a11@cursus>
Subject: We received your application

--b--
"""


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(("action", "is_dead"), [("failed", True), ("delayed", False)])
def test_a_delivery_report_names_our_letter_and_the_reason(returned, action, is_dead):
    raw = REPORT.format(received=received(), action=action, returned=returned).encode()
    mail, found = judged(raw)
    assert found.verdict == "none"
    assert str(mail.report.letter) == "5f1c3f0e-8f4e-4a57-9d2e-0c9d3f6f0a11"
    assert mail.report.recipient == "ana@example.org"
    assert mail.report.says_dead is is_dead
    assert "User unknown" in mail.report.reason


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"no header at all"])
def test_what_is_no_mail_is_said_to_be_unreadable(raw):
    with pytest.raises(Unreadable):
        take_apart(raw)


def test_messages_nested_without_end_are_given_up():
    raw = letter().as_bytes()
    for _ in range(40):
        raw = b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" + raw
    with pytest.raises(Unreadable):
        take_apart(raw)


def test_signs_that_the_database_refuses_are_taken_out():
    raw = b"From: a@b.example\r\nSubject: =?utf-8?q?a=00b=ED=A0=80?=\r\n\r\nx\0y"
    mail = take_apart(raw)
    assert "\0" not in mail.writer.subject + mail.text
    (mail.writer.subject + mail.text).encode()


# --- the receipt -------------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=BRUSSELS)
#: The end of the Received line, the deadline, whether it is in time.
CLOCKS = [
    ("Mon, 02 Mar 2026 12:00:00 +0100", NOON, True),
    ("Mon, 02 Mar 2026 12:00:01 +0100", NOON, False),
    ("Tue, 26 May 2026 12:00:01 +0200", datetime(2026, 5, 26, 12, tzinfo=BRUSSELS), False),
    ("Tue, 26 May 2026 12:30:00 +0300", datetime(2026, 5, 26, 12, tzinfo=BRUSSELS), True),
    ("Sun, 29 Mar 2026 10:00:00 -0000", datetime(2026, 3, 29, 12, tzinfo=BRUSSELS), True),
    ("Sun, 29 Mar 2026 10:00:01 +0000", datetime(2026, 3, 29, 12, tzinfo=BRUSSELS), False),
    ("Sun, 25 Oct 2026 11:00:00 GMT", datetime(2026, 10, 25, 12, tzinfo=BRUSSELS), True),
    ("Sun, 25 Oct 2026 11:00:01 +0000 (UTC)", datetime(2026, 10, 25, 12, tzinfo=BRUSSELS), False),
]  # fmt: skip


@pytest.mark.parametrize(("said", "deadline", "in_time"), CLOCKS)
def test_the_receipt_is_compared_as_an_instant(said, deadline, in_time):
    line = f"from a (b; c) by {HOST} (x) with SMTP; {said}"
    found = receipt_of([line], host=HOST, delivered_at=None)
    assert (found.at <= deadline) is in_time
    assert found.at.tzinfo is UTC


def test_noon_on_both_clock_change_days_is_the_right_instant():
    assert datetime(2026, 3, 29, 12, tzinfo=BRUSSELS).astimezone(UTC).hour == 10
    assert datetime(2026, 10, 25, 12, tzinfo=BRUSSELS).astimezone(UTC).hour == 11


def test_only_the_newest_line_of_our_own_server_counts():
    lines = [
        received(AT + timedelta(hours=1), host="inner.cursus.example"),
        received(AT),
        received(AT - timedelta(days=3)),  # forged: below our own
        received(AT - timedelta(days=9), host="mail.example"),
    ]
    found = receipt_of(lines, host=HOST.upper(), delivered_at=AT + timedelta(hours=2))
    assert (found.at, found.number, found.source) == (AT, 2, "line")


def test_without_a_line_of_ours_the_delivery_counts_and_never_the_date_line():
    lines = [received(AT, host="mail.example")]
    delivered = AT + timedelta(hours=2)
    found = receipt_of(lines, host=HOST, delivered_at=delivered)
    assert (found.at, found.source) == (delivered, "delivery")
    assert receipt_of(lines, host=HOST, delivered_at=None) is None
    assert receipt_of(lines, host="", delivered_at=delivered).source == "delivery"


def test_a_line_of_ours_without_an_instant_gives_way_to_the_delivery():
    found = receipt_of([f"by {HOST}; yesterday"], host=HOST, delivered_at=AT)
    assert (found.at, found.source) == (AT, "delivery")


@pytest.mark.parametrize(
    ("date", "code"), [(None, "date-missing"), ("Thu, 01 Jan 2026 00:00:00 +0000", "date-differs")]
)
def test_a_missing_or_forged_date_line_changes_nothing(monkeypatch, date, code):
    monkeypatch.setenv("CURSUS_MAIL_HOST", HOST)
    message = letter()
    del message["Date"]
    if date:
        message["Date"] = date
    raw = message.as_bytes()
    row = understood(Delivered(raw=raw, size=len(raw), delivered_at=None, source="x"), KNOWN)
    assert row["received_at"] == AT
    assert code in {one["code"] for one in row["findings"]["checks"]}
    assert row["verdict"] == "accept"


def test_a_delivery_far_from_the_line_is_marked(monkeypatch):
    monkeypatch.setenv("CURSUS_MAIL_HOST", HOST)
    raw = letter().as_bytes()
    late = AT + timedelta(hours=3)
    row = understood(Delivered(raw=raw, size=len(raw), delivered_at=late, source="x"), KNOWN)
    assert row["received_at"] == AT
    assert row["verdict"] == "flag"


@pytest.mark.parametrize(("host", "verdict"), [("", "accept"), ("other.example", "flag")])
def test_a_missing_line_is_marked_where_our_server_is_named(monkeypatch, host, verdict):
    monkeypatch.setenv("CURSUS_MAIL_HOST", host)
    raw = letter().as_bytes()
    row = understood(Delivered(raw=raw, size=len(raw), delivered_at=AT, source="x"), KNOWN)
    assert row["verdict"] == verdict


# --- references and addresses ------------------------------------------------------------------


def test_a_reference_is_named_whole_however_it_is_written():
    assert named("Re: ec / 2026 / digit/000001, CV", KNOWN) == [REFERENCE]
    assert named(f"{REFERENCE}2", KNOWN) == []
    assert named(f"X{REFERENCE}", KNOWN) == []


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("ana.berg@example.org", False),
        ("x7f@privaterelay.appleid.com", True),
        ("a@sub.mozmail.com", True),
        ("HR@example.org", True),
        ("info+ana@example.org", True),
        ("hrana@example.org", False),
    ],
)
def test_relays_and_shared_boxes_are_no_person(address, shared):
    assert is_shared(address) is shared


def test_some_addresses_take_no_answer():
    assert takes_no_answer("no-reply@example.org")
    assert takes_no_answer("")
    assert not takes_no_answer("ana@example.org")
