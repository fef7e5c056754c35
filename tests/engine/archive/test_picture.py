"""A diagram as SVG: everything once, hostile labels as text, the path told without colour."""

from collections import Counter

import pytest
from lxml import etree

from cursus import wiring
from engine.archive import picture
from engine.archive.picture.words import lines
from engine.errors import DocumentRefused

SVG = {"s": "http://www.w3.org/2000/svg"}
FILES = {name: data for name, data in wiring.shipped_files().items() if name.endswith(".bpmn")}


def drawn(data, marks=None):
    return etree.fromstring(picture.draw(picture.read(data), marks, title="A <b>title</b>"))


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_shape_and_flow_is_drawn_once(name):
    plan = picture.read(FILES[name])
    found = Counter(drawn(FILES[name]).xpath("//@data-element"))
    assert found == Counter(one.id for one in (*plan.shapes, *plan.edges))
    assert len(found) > 10


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_name_stands_in_the_drawing(name):
    said = " ".join(" ".join(drawn(FILES[name]).itertext()).split())
    for one in picture.read(FILES[name]).shapes:
        for word in one.name.split():
            assert word in said, (one.id, word)


def test_a_label_with_markup_is_text():
    name = "Application &lt;script&gt;alert(1)&lt;/script&gt;"
    data = FILES["interview.bpmn"].replace(b'"Candidate shortlisted"', f'"{name}"'.encode())
    root = drawn(data)
    assert root.xpath("//s:script", namespaces=SVG) == []
    assert "<script>alert(1)</script>" in " ".join(root.itertext())


def test_what_was_done_is_ticked_and_what_waits_carries_its_number():
    marks = picture.Marks(
        done={"set_up_panel": 1, "schedule_interview": 2}, tokens={"score_candidate": 3}
    )
    root = drawn(FILES["interview.bpmn"], marks)

    def badge(element):
        here = f'//s:g[@data-element="{element}"]'
        return (
            root.xpath(f"count({here}/s:circle)", namespaces=SVG),
            root.xpath(f"string({here}/s:text[last()])", namespaces=SVG),
        )

    assert badge("set_up_panel") == (1, "panel")
    assert badge("schedule_interview") == (1, "2")
    assert badge("score_candidate") == (1, "3")
    assert badge("record_consensus")[0] == 0


def test_a_file_that_is_no_diagram_is_refused_with_its_line():
    with pytest.raises(DocumentRefused) as refusal:
        picture.read(b"<bpmn:definitions>")
    assert refusal.value.where == "line 1"


def test_no_entity_of_a_file_is_resolved():
    data = b'<!DOCTYPE a [<!ENTITY x "SECRET">]><a>&x;</a>'
    assert picture.draw(picture.read(data)).count("SECRET") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Short", ["Short"]),
        ("Register the candidate's declaration", ["Register the", "candidate's", "declaration"]),
        ("Unabhaengigkeitserklaerung", ["Unabhaengigkeitserklaerung"]),
    ],
)
def test_a_label_is_broken_between_words(text, expected):
    assert lines(text, 90, size=11) == expected
