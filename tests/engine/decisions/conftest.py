from xml.sax.saxutils import escape, quoteattr

import pytest

from engine.decisions import decide, parse

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: these rules take the instant as an argument."""


def write_table(policy, inputs, outputs, rules, **more):
    """Write a table: inputs "text[:type[:values]]", outputs "name[=default][:values]"."""
    aggregation, source = more.get("aggregation"), more.get("source", "CEOS 1")
    lines = [f'<decisionTable hitPolicy="{policy}"']
    lines.append(f' aggregation="{aggregation}">' if aggregation else ">")
    for column in inputs:
        text, kind, values = (*column.split(":", 2), "", "")[:3]
        lines.append(f"<input label={quoteattr(text)}><inputExpression typeRef={quoteattr(kind)}>")
        lines.append(f"<text>{escape(text)}</text></inputExpression>")
        lines.append(f"<inputValues><text>{escape(values)}</text></inputValues>" if values else "")
        lines.append("</input>")
    for column in outputs:
        head, _, values = column.partition(":")
        name, _, default = head.partition("=")
        lines.append(f"<output name={quoteattr(name)}>")
        if values:
            lines.append(f"<outputValues><text>{escape(values)}</text></outputValues>")
        if default:
            lines.append(f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>")
        lines.append("</output>")
    lines.append('<annotation name="Source"/>')
    for tests, results in rules:
        lines.append("\n<rule>")
        lines += [f"<inputEntry><text>{escape(test)}</text></inputEntry>" for test in tests]
        lines += [f"<outputEntry><text>{escape(out)}</text></outputEntry>" for out in results]
        lines.append(f"<annotationEntry><text>{source}</text></annotationEntry></rule>")
    lines.append("</decisionTable>")
    return "".join(lines)


def write_file(*decisions, inputs=(), namespace=DMN_13):
    """Write a DMN file; a decision is (id, logic XML, ids of required decisions)."""
    body = []
    for name, logic, requires in decisions:
        body.append(f'\n<decision id="{name}" name="The {name}"><variable name="{name}"/>')
        body += [
            f'<informationRequirement><requiredInput href="#{one}"/></informationRequirement>'
            for one in inputs
        ]
        body += [
            f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
            for one in requires
        ]
        body.append(f"{logic}</decision>")
    body += [f'<inputData id="{n}" name="{n}"><variable name="{n}"/></inputData>' for n in inputs]
    head = f'<definitions xmlns="{namespace}" name="test" namespace="urn:test">'
    return (head + "".join(body) + "</definitions>").encode()


def write_literal(text):
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


@pytest.fixture
def table():
    """Parse a file with one table named d."""

    def make(policy, inputs, outputs, rules, **more):
        names = more.pop("names", ())
        logic = write_table(policy, inputs, outputs, rules, **more)
        return parse(write_file(("d", logic, ()), inputs=names), name="d.dmn")

    return make


@pytest.fixture
def table_xml():
    """Give the XML of a table, to put it into a file with other decisions."""
    return write_table


@pytest.fixture
def file():
    """Parse a file of several decisions; a logic that is not XML is a FEEL expression."""

    def make(*decisions, inputs=(), name="d.dmn"):
        written = [
            (one, logic if logic.startswith("<") else write_literal(logic), requires)
            for one, logic, requires in decisions
        ]
        return parse(write_file(*written, inputs=inputs), name=name)

    return make


@pytest.fixture
def take():
    """Take the decision d of some models."""

    def make(*models, **context):
        return decide(models, "d", context)

    return make
