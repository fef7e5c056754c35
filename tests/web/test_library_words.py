"""The words of form-js, bpmn-js and dmn-js: French is complete, German has the same words."""

import json
import re
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "web" / "src"
PLACE = re.compile(r"\{\s*\w+\s*\}")


def _words(code):
    return json.loads((SOURCES / f"_library-words.{code}.json").read_text("utf-8"))


def test_french_is_complete():
    assert [word for word, told in _words("fr").items() if not told.strip()] == []


def test_german_has_the_same_words():
    assert _words("de").keys() == _words("fr").keys()


@pytest.mark.parametrize("code", ["fr", "de"])
def test_a_word_keeps_its_places(code):
    for word, told in _words(code).items():
        assert not told or sorted(PLACE.findall(told)) == sorted(PLACE.findall(word)), word


def test_what_form_js_says_of_a_wrong_answer_is_known():
    built = SOURCES.parent / "static" / "task.js"
    said = set(
        re.findall(r'push\("((?:Field|Value|Date|Time)[^"]*\.)"\)', built.read_text("utf-8"))
    )
    assert "Field is required." in said
    assert said - _words("fr").keys() == set()
