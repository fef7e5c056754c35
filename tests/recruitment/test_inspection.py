"""What is found in a file that should be one PDF: each row of the traps, with its verdict."""

import zipfile
from io import BytesIO

import pytest
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from recruitment.checks import RULES, Check, gravest
from recruitment.inspection import MAX_PAGES, inspect_pdf, looks_like
from tests import mailing

EUROPASS = b"""<?xml version="1.0" encoding="UTF-8"?>
<Candidate xmlns="http://www.europass.eu/1.0"><CandidatePerson><PersonName>
<GivenName>Zofie</GivenName><FamilyName>\xc5\xa0\xc5\xa5astn\xc3\xa1</FamilyName></PersonName>
<Communication><URI>zofie@example.org</URI></Communication></CandidatePerson></Candidate>"""


def docx():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def launching():
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    return mailing.with_catalog(OpenAction=action)


def scripted():
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    return mailing.with_catalog(OpenAction=DictionaryObject(action))


def scripted_behind():
    """A script that a harmless action calls, as an indirect object."""
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    )

    def change(writer):
        first = {NameObject("/S"): NameObject("/Named"),
                 NameObject("/Next"): writer._add_object(script)}  # fmt: skip
        root = writer.root_object
        root[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(first))

    return mailing.rewritten(change)


#: Name of the trap, how it is built, the verdict, a check that must be among those found.
TRAPS = [
    ("accents and Greek", lambda: mailing.paper("Šťastná Ὀδυσσεύς"), "accept", "pdf-opens"),
    ("four pages", lambda: mailing.drawn(4), "accept", "pdf-opens"),
    ("locked", lambda: mailing.rewritten(lambda w: w.encrypt("secret")), "ask", "pdf-locked"),
    ("restricted", lambda: mailing.rewritten(lambda w: w.encrypt("", "owner")), "flag",
     "pdf-restricted"),
    ("truncated by half", lambda: mailing.drawn(4, fill=b"x" * 3000)[:2200], "flag",
     "pdf-disagree"),
    ("executable named .pdf", lambda: b"MZ\x90\0" + bytes(5000), "ask", "pdf-not"),
    ("archive named .pdf", docx, "ask", "pdf-not"),
    ("empty", lambda: b"", "ask", "pdf-empty"),
    ("script on opening", scripted, "flag",
     "pdf-script"),
    ("script behind an action", scripted_behind, "flag", "pdf-script"),
    ("program on opening", launching, "flag", "pdf-launch"),
    ("Europass inside", lambda: mailing.attached("europass.xml", EUROPASS), "accept", "europass"),
    ("file inside", lambda: mailing.attached("list.csv", b"a,b"), "accept", "pdf-attached"),
    ("scan without text", lambda: mailing.drawn(2, text=False), "flag", "pdf-image"),
    ("test virus after the end", lambda: mailing.drawn(1) + mailing.EICAR, "accept", "pdf-after"),
    ("bytes before the header", lambda: b"HTTP/1.1 200\r\n\r\n" + mailing.drawn(1), "accept",
     "pdf-before"),
    ("12 MB of padding", lambda: mailing.drawn(1, fill=b"0" * 12_000_000), "ask", "pdf-large"),
    ("XFA", mailing.xfa, "flag", "pdf-xfa"),
    ("portfolio", mailing.portfolio, "flag", "pdf-portfolio"),
    ("PDF/A-3 and the like", mailing.paper, "accept", "pdf-archive"),
    ("signed", mailing.signed_form, "accept", "pdf-signed"),
    ("2 000 pages", lambda: mailing.drawn(2000), "ask", "pdf-pages"),
    ("no page", lambda: mailing.drawn(0), "ask", "pdf-no-page"),
    ("not a PDF inside", lambda: b"%PDF-1.7\nnothing", "ask", "pdf-unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "verdict", "code"), [one[1:] for one in TRAPS],
                         ids=[one[0] for one in TRAPS])  # fmt: skip
def test_each_trap_has_its_verdict(build, verdict, code):
    found = inspect_pdf(build())
    assert code in {one.code for one in found.checks}, found.checks
    assert found.verdict == verdict, found.checks


def test_a_decompression_bomb_is_given_up_within_bounded_time_and_memory():
    found = inspect_pdf(mailing.bomb())
    assert {one.code for one in found.checks} & {"pdf-slow", "pdf-disagree", "pdf-image"}
    assert found.verdict in ("ask", "flag")


def test_the_name_in_a_europass_record_is_read_in_its_own_letters():
    found = inspect_pdf(mailing.attached("europass.xml", EUROPASS))
    (check,) = [one for one in found.checks if one.code == "europass"]
    assert check.facts == {"name": "Zofie Šťastná", "email": "zofie@example.org"}


def test_entities_of_a_record_inside_are_not_resolved(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("topsecret")
    evil = (f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{secret}">]>'
            "<Candidate><GivenName>&b;</GivenName></Candidate>")  # fmt: skip
    found = inspect_pdf(mailing.attached("europass.xml", evil.encode()))
    assert not [one for one in found.checks if one.code == "europass"]


def test_pages_beyond_the_rule_are_counted_but_not_read():
    found = inspect_pdf(mailing.drawn(MAX_PAGES + 1))
    assert (found.pages, found.verdict) == (MAX_PAGES + 1, "ask")
    assert inspect_pdf(mailing.drawn(MAX_PAGES)).verdict == "accept"


def test_what_a_file_is_is_said_by_its_content():
    assert looks_like(docx()) == "ZIP archive or Office document"
    assert looks_like(b"\x7fELF\0") == "Linux program"
    assert looks_like(b"hello") == "unknown"


def test_the_gravest_verdict_counts_and_each_check_names_its_rule():
    checks = [Check(code="pdf-image", verdict="flag"), Check(code="pdf-locked", verdict="ask")]
    assert gravest(checks) == "ask"
    assert gravest([]) == "accept"
    assert all(rule and english for rule, english in RULES.values())
    assert checks[1].rule == "ISO 32000-2, 7.6"


def test_the_defects_in_words_are_those_that_an_officer_looks_at():
    found = inspect_pdf(mailing.drawn(1, text=False))
    assert found.defects == ("the first pages hold images only",)
