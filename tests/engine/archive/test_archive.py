"""The archive of one case: readable, complete, signed, and verified without our software."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pypdf
import pytest
from lxml import etree
from sqlalchemy import text

from engine import archive, history, replay
from engine.archive import places, tables, xes
from engine.archive.book import pdf
from engine.archive.entries import entries
from engine.history import verifier
from engine.store import audit
from tests.selecting import Selection
from tests.support import KEY, REPORT

PUBLIC = history.public_key_of(KEY).hex()
SVG = {"s": "http://www.w3.org/2000/svg"}
XES = {"x": "http://www.xes-standard.org/"}
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def case(office):
    return office.sent_back_to_the_end(office.open(title="Συμβούλιο <b>Đặng</b> 王 😀"))


def dossier(office, case, **more):
    with office.begin() as uow:
        given = {"signing_key": KEY, **more}
        return archive.dossier(uow, office.case(case), **given)


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(content, changes):
    files = {**members(content), **changes}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name, data in files.items():
            if data is not None:
                new.writestr(name, data)
    return packed.getvalue()


def outside(folder, content, *more):
    """Run the archive's own verifier in an empty folder, without any package."""
    (folder / "archive.zip").write_bytes(content)
    (folder / "verifier.py").write_bytes(members(content)["verifier.py"])
    run = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-I", "-S", "verifier.py", "archive.zip", *more],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60, env={},
    )  # fmt: skip
    assert run.stderr == "", run.stderr
    return run.returncode, run.stdout.strip()


def test_the_archive_verifies_without_our_software(office, case, tmp_path):
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    code, said = outside(tmp_path, dossier(office, case), PUBLIC)
    assert code == 0, said
    assert said.startswith(f"case:{case}: 5 events hold; signed up to event 5")
    assert said.endswith("files as in the signed manifest")


def test_the_same_history_gives_the_same_archive(office, case):
    assert dossier(office, case) == dossier(office, case)


@pytest.mark.parametrize(
    "name", ["case-book.pdf", "events.csv", "events.xes", "README.txt", "verifier.py"]
)
def test_a_changed_file_is_named(office, case, tmp_path, name):
    content = dossier(office, case)
    changed = repacked(content, {name: members(content)[name] + b" "})
    assert outside(tmp_path, changed) == (1, f"{name}: differs from the manifest")


def test_a_missing_and_an_added_file_are_named(office, case, tmp_path):
    content = dossier(office, case)
    gone = repacked(content, {"events.csv": None})
    assert outside(tmp_path, gone) == (1, "events.csv: missing")
    more = repacked(content, {"more.txt": b"!"})
    assert outside(tmp_path, more) == (1, "more.txt: not in the manifest")


def test_a_manifest_signed_by_somebody_else_is_refused(office, case, tmp_path):
    forged = dossier(office, case, signing_key=bytes(32))
    with office.begin() as uow:
        archive.checkpoint(uow, KEY)
    forged = dossier(office, case, signing_key=bytes(32))
    assert outside(tmp_path, forged, PUBLIC) == (1, "the manifest's signature is not genuine")


def test_a_manifest_changed_with_its_file_is_refused(office, case, tmp_path):
    content = dossier(office, case)
    manifest = json.loads(members(content)["manifest.json"])
    manifest["title"] = "Another"
    changed = repacked(content, {"manifest.json": json.dumps(manifest).encode()})
    assert outside(tmp_path, changed) == (1, "the manifest's signature is not genuine")


def test_an_archive_without_a_key_says_that_it_is_not_signed(office, case, tmp_path):
    content = dossier(office, case, signing_key=None)
    code, said = outside(tmp_path, content)
    assert code == 0
    assert said.endswith("as in the manifest, which is not signed")
    assert b"the manifest is not signed" in members(content)["README.txt"]


def test_the_sealed_events_alone_may_not_carry_other_files(office, case, tmp_path):
    with office.begin() as uow:
        content = archive.of_case(uow, office.case(case))
    more = repacked(content, {"events.csv": b"forged"})
    assert outside(tmp_path, more) == (1, "events.csv: not in the manifest")


def test_withheld_contents_are_not_in_any_file_and_the_chain_still_holds(office, case, tmp_path):
    sees = lambda event: event.fields.element != "write_report"  # noqa: E731  # short
    content = dossier(office, case, sees=sees)
    assert b"Good work" in b"".join(members(dossier(office, case)).values())
    files = members(content)
    assert b"Good work" not in b"".join(files[one] for one in files if one != "case-book.pdf")
    book = _text_of(files["case-book.pdf"])
    assert "Good work" not in book
    assert "withheld: it is confidential to another service" in book
    code, said = outside(tmp_path, content)
    assert code == 0
    assert "5 events hold, 1 contents withheld" in said


def test_an_erased_content_cannot_pass_for_a_withheld_one():
    event = {"payload": None, "salt": None, "withheld": "confidential", "erased_under": "rule"}
    assert verifier.wrong_content(event, b"") == "its content was erased, not withheld"


def test_the_event_log_has_one_event_per_event_of_the_database(office, case):
    log = etree.fromstring(members(dossier(office, case))["events.xes"])
    with office.begin() as uow:
        count = uow.scalar(text(f"SELECT count(*) FROM event WHERE stream = 'case:{case}'"))  # noqa: S608  # a UUID
    events = log.findall("x:trace/x:event", XES)
    assert len(events) == count == 5
    times = [one.find("x:date[@key='time:timestamp']", XES).get("value") for one in events]
    assert times == sorted(times)
    for one in events:
        keys = {child.get("key") for child in one}
        assert {"concept:name", "org:resource", "lifecycle:transition"} <= keys


#: The order and the attributes that IEEE 1849 gives (its schema, as RELAX NG).
SCHEMA = f"""<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{XES["x"]}"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="log">
 <attribute name="xes.version"><data type="decimal"/></attribute>
 <attribute name="xes.features"><data type="token"/></attribute>
 <zeroOrMore><element name="extension"><attribute name="name"><data type="NCName"/></attribute>
  <attribute name="prefix"><data type="NCName"/></attribute>
  <attribute name="uri"><data type="anyURI"/></attribute></element></zeroOrMore>
 <zeroOrMore><element name="global"><attribute name="scope"><choice><value>trace</value>
  <value>event</value></choice></attribute><ref name="values"/></element></zeroOrMore>
 <zeroOrMore><element name="classifier"><attribute name="name"><data type="NCName"/></attribute>
  <attribute name="scope"><data type="NCName"/></attribute>
  <attribute name="keys"><data type="token"/></attribute></element></zeroOrMore>
 <ref name="values"/>
 <zeroOrMore><element name="trace"><ref name="values"/>
  <zeroOrMore><element name="event"><ref name="values"/></element></zeroOrMore>
 </element></zeroOrMore>
</element></start>
<define name="values"><zeroOrMore><choice>
 <element name="string"><ref name="key"/><attribute name="value"/></element>
 <element name="date"><ref name="key"/>
  <attribute name="value"><data type="dateTime"/></attribute></element>
 <element name="int"><ref name="key"/><attribute name="value"><data type="long"/></attribute>
 </element>
</choice></zeroOrMore></define>
<define name="key"><attribute name="key"><data type="Name"/></attribute></define>
</grammar>"""


def test_the_event_log_has_the_structure_of_the_standard(office, case):
    schema = etree.RelaxNG(etree.fromstring(SCHEMA))
    log = etree.fromstring(members(dossier(office, case))["events.xes"])
    assert schema.validate(log), schema.error_log


def test_signs_that_xml_cannot_hold_are_replaced(office, case):
    hostile = replace(office.case(case), title="a\x00b\x0b]]></log>\ud800")
    log = etree.fromstring(xes.log(hostile, []))
    assert (
        log.find("x:trace/x:string[@key='title']", XES).get("value")
        == "a\ufffdb\ufffd]]></log>\ufffd"
    )


def test_the_table_has_a_row_per_event_with_element_and_version(office, case):
    data = members(dossier(office, case))["events.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(data)))
    assert [one["number"] for one in rows] == ["1", "2", "3", "4", "5"]
    assert rows[1]["element"] == "write_report"
    assert (rows[1]["actor"], rows[1]["version"]) == ("lara", "1")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_table_is_a_formula(start):
    assert tables.harmless(f"{start}1+1") == f"'{start}1+1"


def _text_of(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_the_case_book_is_readable_in_every_script_and_embeds_its_fonts(office, case):
    paper = archive.Paper(at=AT, subject="Уведомление", to="x@example.org")
    reader = pypdf.PdfReader(
        io.BytesIO(members(dossier(office, case, papers=[paper]))["case-book.pdf"])
    )
    said = "\n".join(page.extract_text() for page in reader.pages)
    for expected in ("Συμβούλιο <b>", "[U+738B]", "Verified", "Уведомление", "Good work", "lara"):
        assert expected in said, expected
    assert b"pdfaid:part" in reader.xmp_metadata.stream.get_data()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & below["/FontDescriptor"].keys()


def test_the_case_book_takes_hostile_text_for_text(office, case):
    hostile = replace(office.case(case), title='#panic("x") $x$ *b* \\ "]')
    with office.begin() as uow:
        proof = replay.prove(uow, case)
        assert '#panic("x") $x$ *b*' in _text_of(pdf(hostile, [], proof, at=AT))


@pytest.mark.tampers
def test_the_case_book_of_a_broken_seal_says_so_on_its_cover(office, case):
    tamper(office, case, "UPDATE event SET actor = 'forger' WHERE stream = :s AND seq = 3")
    said = _text_of(members(dossier(office, case))["case-book.pdf"])
    assert "Not verified" in said
    assert "Event 3: its fields do not give its hash" in said


@pytest.mark.tampers
@pytest.mark.parametrize(
    "change",
    ["payload = '\\xff00'::bytea", "payload = '[]'::bytea", "payload = '3'::bytea"],
)
def test_a_damaged_content_still_leaves_the_house(office, case, change, tmp_path):
    where = "WHERE stream = :s AND seq = 2"
    tamper(office, case, f"UPDATE event_payload SET {change} {where}")  # noqa: S608  # from above
    code, said = outside(tmp_path, dossier(office, case))
    assert code == 1
    assert said.startswith("event 2: ")


def tamper(office, case, statement):
    with office.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(text(statement), {"s": f"case:{case}"}).rowcount == 1


def test_an_entry_knows_step_version_reason_and_what_was_submitted(office, case):
    with office.begin() as uow:
        found = entries(uow, office.history(case), names={"lara": "Lara L."})
    assert (found[1].actor, found[1].version, dict(found[1].submitted)) == ("Lara L.", 1, REPORT)
    assert found[1].name == "Write the report"


# --- articles --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legal_basis", "article", "expected"),
    [
        ("CEOS 84(1); SR 25", "CEOS 84", True),
        ("CEOS 84(1); SR 25", "sr 25", True),
        ("CEOS 84(1); SR 25", "CEOS 84(1)", True),
        ("CEOS 841", "CEOS 84", False),
        ("CEOS 84(1); SR 25", "CEOS 25", False),
        ("SR 90(2), 25", "SR 25", True),
        ("", "SR", False),
        ("T-271/18", "t-271/18", True),
        ("CEOS 84", "(.*)", False),
    ],
)
def test_an_article_is_found_by_its_words(legal_basis, article, expected):
    assert places.rests_on(legal_basis, article) is expected


# --- samples ---------------------------------------------------------------------------------


def test_a_sample_is_drawn_again_by_its_seed(office, clock):
    for _ in range(6):
        office.sent_back_to_the_end(office.open())
    open_one = office.open()
    clock.move_to("2026-01-06T09:00:00Z")

    def draw(seed, size=3):
        with office.begin() as uow:
            total, found = audit.sample(
                uow, ended_before=uow.now, process="review", seed=seed, size=size
            )
        assert total == 6
        return [one.id for one in found]

    assert draw("7") == draw("7")
    assert set(draw("7", 6)) == set(draw("8", 6))
    assert draw("7", 6) != draw("8", 6)
    assert open_one not in draw("7", 200)
    assert len(draw("7")) == 3


@pytest.fixture
def application(office, clock):
    """A case on the shipped diagrams, at its first task."""
    selection = Selection(office, clock)
    selection.publish_call()
    case = selection.apply("Ana <b>Berg</b>")
    selection.until("register_application")
    return case.id


def marks_in(files, process):
    root = etree.fromstring(files[f"diagrams/{process}.svg"])
    return root.xpath("//s:g/s:circle[@r='8']/../@data-element", namespaces=SVG)


def test_the_diagrams_go_along_with_the_path_taken(office, application):
    files = members(dossier(office, application))
    assert "register_application" in marks_in(files, "expression_of_interest")
    assert "confirm_late" not in marks_in(files, "expression_of_interest")
    book = pypdf.PdfReader(io.BytesIO(files["case-book.pdf"]))
    text = "".join(page.extract_text() for page in book.pages)
    assert "Diagram: Expression of interest" in text
    assert "waits here" in text


def test_a_path_that_would_tell_a_confidential_content_is_left_out(office, application):
    files = members(dossier(office, application, sees=lambda event: False))
    assert marks_in(files, "expression_of_interest") == []
    book = pypdf.PdfReader(io.BytesIO(files["case-book.pdf"]))
    assert "The path is left out here" in "".join(page.extract_text() for page in book.pages)


def test_a_process_that_was_never_drawn_has_no_picture(office, case):
    assert [name for name in members(dossier(office, case)) if name.endswith(".svg")] == []
