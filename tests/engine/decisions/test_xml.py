import pytest

from engine.decisions.xml import MAX_BYTES, read_xml
from engine.errors import DocumentRefused

BILLION_LAUGHS = b"""<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>"""
EXTERNAL_FILE = b"""<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""
EXTERNAL_DTD = b"""<!DOCTYPE a SYSTEM "http://localhost:9/a.dtd"><a/>"""


def test_a_plain_document_is_read_with_its_lines():
    root = read_xml(b"<a>\n<b/>\n</a>", name="x.dmn")
    assert root.tag == "a"
    assert root[0].sourceline == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BILLION_LAUGHS, "DOCTYPE"),
        (EXTERNAL_FILE, "DOCTYPE"),
        (EXTERNAL_DTD, "DOCTYPE"),
        (BILLION_LAUGHS.decode().encode("utf-16"), "DOCTYPE"),
        (b"<a>" * 51 + b"</a>" * 51, "50 levels"),
        (b"<a>" * 400 + b"</a>" * 400, "well-formed"),
        (b"<a>" + b"<b/>" * 100_000 + b"</a>", "100000 elements"),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", "bytes"),
        (b"<a>\n<b></a>", "well-formed"),
        (b"", "well-formed"),
        (b"PK\x03\x04 not xml at all", "well-formed"),
    ],
)
def test_a_dangerous_or_broken_document_is_refused_by_name(data, said):
    with pytest.raises(DocumentRefused, match=said) as refused:
        read_xml(data, name="x.dmn")
    assert refused.value.where.startswith("x.dmn")


def test_the_refusal_names_the_line():
    with pytest.raises(DocumentRefused) as refused:
        read_xml(b"<a>\n<b>\n</a>", name="x.dmn")
    assert refused.value.where == "x.dmn:3"
