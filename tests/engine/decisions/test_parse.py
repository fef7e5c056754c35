import pytest

from engine.decisions import HitPolicy, decide, parse
from engine.decisions.parse import NAMESPACES
from engine.errors import DecisionRefused, DocumentRefused

HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="t" namespace="urn:t">'
)
TABLE = (
    '<decision id="d" name="d"><decisionTable{attributes}>'
    "<input><inputExpression><text>x</text></inputExpression></input><output/>"
    "\n<rule><inputEntry><text>-</text></inputEntry>{outputs}</rule></decisionTable></decision>"
)
OUT = "<outputEntry><text>1</text></outputEntry>"


def read(body):
    return parse(f"{HEAD}\n{body}</definitions>".encode(), name="t.dmn")


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_every_version_of_dmn_is_read(namespace):
    body = TABLE.format(attributes="", outputs=OUT)
    data = f'<definitions xmlns="{namespace}" name="t" namespace="urn:t">{body}</definitions>'
    model = parse(data.encode(), name="t.dmn")
    assert model.decisions["d"].logic.hit_policy is HitPolicy.UNIQUE
    assert decide([model], "d", {"x": 5}).output == 1


@pytest.mark.parametrize(
    ("body", "said", "line"),
    [
        (TABLE.format(attributes=' hitPolicy="BEST"', outputs=OUT), "no hit policy 'BEST'", 2),
        (TABLE.format(attributes=' hitPolicy="COLLECT" aggregation="AVG"', outputs=OUT), "AVG", 2),
        (TABLE.format(attributes=' aggregation="SUM"', outputs=OUT), "needs the hit policy", 2),
        (TABLE.format(attributes="", outputs=OUT * 2), "1 input and 2 output entries", 3),
        (TABLE.format(attributes="", outputs=OUT) * 2, "'d' is used twice", 3),
        ('<decision name="d"/>', "has no id", 2),
        ('<decision id="d" name="d"/>', "neither a table nor an expression", 2),
        ('<decision id="d" name="d"><context/></decision>', "<context> is not supported", 2),
        ('\n<businessKnowledgeModel name="f"/>', "<businessKnowledgeModel> is not supported", 3),
        (
            '<decision id="d" name="d"><literalExpression expressionLanguage="python">'
            "<text>1</text></literalExpression></decision>",
            "'python' is not FEEL",
            2,
        ),
        (
            '<decision id="d" name="d"><decisionTable hitPolicy="COLLECT" aggregation="SUM">'
            '<output name="a"/><output name="b"/></decisionTable></decision>',
            "exactly one output",
            2,
        ),
    ],
)
def test_what_is_not_understood_is_refused_with_file_and_line(body, said, line):
    with pytest.raises(DecisionRefused, match=said) as refused:
        read(body)
    assert refused.value.where == f"t.dmn:{line}"


def test_another_document_is_refused():
    with pytest.raises(DecisionRefused, match="not the root of a DMN"):
        parse(b"<bpmn/>", name="t.dmn")
    with pytest.raises(DocumentRefused, match="well-formed"):
        parse(b"nothing", name="t.dmn")
