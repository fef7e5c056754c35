"""The command line as an operator, an owner or an auditor uses it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cursus.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: these commands are pure."""


def cursus(*words):
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["feel", "1 + 1"], 2),
        (["feel", "score >= 60", "--context", '{"score": 61}'], True),
        (["feel", "[1..5]", "--unary", "6"], False),
        (["feel", 'legal_limit("2026-06-03", "P20D", "LUX")'], "2026-06-24"),
        (["feel", 'service_end("2025-05-31", "P9M")'], "2026-02-28"),
    ],
)
def test_feel_prints_the_value_as_json(words, value):
    assert json.loads(cursus(*words).stdout) == value


def test_feel_names_the_place_of_an_error_and_suggests():
    refused = cursus("feel", "1 +")
    assert refused.exit_code == 1
    assert "column 4" in refused.output
    assert "did you mean score?" in cursus("feel", "scor", "--context", '{"score": 1}').output


def test_decide_says_which_rule_matched_and_why():
    context = '{"call": {"function_group": "IV"}, "experience": {"years": 17}}'
    file = str(ROOT / "processes" / "grade.dmn")
    found = json.loads(cursus("decide", file, "grade", "--context", context).stdout)
    assert found["output"]["grade"] == 16
    assert found["matched"] == [3]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (["legal_limit", "2026-06-03", "P20D", "--site", "LUX"], "2026-06-24"),
        (["legal_limit", "2026-06-03", "P20D", "--site", "BRU"], "2026-06-23"),
        (["service_end", "2026-02-16", "P9M"], "2026-11-15"),
        (["latest_before", "2027-03-31", "P1M"], "2027-02-28"),
    ],
)
def test_timelimit_prints_the_day_and_its_articles(words, day):
    shown = cursus("timelimit", *words)
    assert shown.stdout.startswith(day)
    assert shown.exit_code == 0


def test_timelimit_names_a_period_that_cannot_be_read():
    refused = cursus("timelimit", "service_end", "2026-02-16", "nine months")
    assert refused.exit_code == 1
    assert "nine months" in refused.output


def test_check_finds_no_error_in_what_is_shipped():
    shown = cursus("check")
    assert shown.exit_code == 0, shown.output
    assert ", 0 errors, " in shown.output


def test_check_names_what_is_wrong_in_a_folder(tmp_path):
    diagram = (ROOT / "processes" / "complaint.bpmn").read_text()
    (tmp_path / "complaint.bpmn").write_text(diagram)
    shown = cursus("check", str(tmp_path))
    assert shown.exit_code == 1
    assert "there is no form" in shown.output


def test_rehearse_prints_the_time_line_of_a_scenario():
    file = str(ROOT / "processes" / "entry_into_service.scenarios.yaml")
    shown = cursus("rehearse", file)
    assert shown.exit_code == 0
    assert "01.10.2026 00:00  Time limit" in shown.output


def test_the_product_starts_as_a_module():
    shown = subprocess.run(
        [sys.executable, "-m", "cursus", "--help"], cwd=ROOT, capture_output=True, check=True
    )
    assert b"rehearse" in shown.stdout
