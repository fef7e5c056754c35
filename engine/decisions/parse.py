"""Turn DMN 1.1 to 1.5 XML into a model; whatever is not understood is refused by name."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

import feel
from engine.decisions.model import (
    Aggregation,
    Cell,
    Decision,
    HitPolicy,
    InputColumn,
    Model,
    OutputColumn,
    Requirement,
    Rule,
    Table,
)
from engine.decisions.spans import read_spans
from engine.decisions.xml import read_xml
from engine.errors import DecisionRefused

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
#: Logic and definitions of DMN that are not executed here.
REFUSED = (
    "businessKnowledgeModel",
    "decisionService",
    "invocation",
    "context",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)


def parse(data: bytes, *, name: str) -> Model:
    """Compile a DMN file.

    Raises DocumentRefused when it is not safe XML and DecisionRefused, naming file and line, when
    it is not DMN or holds logic other than decision tables and literal expressions. A cell that
    is not FEEL does not stop the parsing: `check` reports it and `decide` refuses it.
    """
    root = read_xml(data, name=name)
    return _Reader(file=name, root=root).model(hashlib.sha256(data).hexdigest())


def _tag(element: etree._Element) -> str:
    return etree.QName(element).localname


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 1


def _excluded_booleans(text: str) -> bool | None:
    entry = read_spans(text)
    ends = {end for span in entry.spans for end in span.ends} if entry else set()
    return entry.negated if entry and ends and ends <= {"true", "false"} else None


@dataclass(frozen=True, kw_only=True)
class _Reader:
    file: str
    root: etree._Element

    def model(self, digest: str) -> Model:
        """Read the whole file."""
        self._require_dmn()
        inputs = {self._id(e): self._variable(e) for e in self._all(self.root, "inputData")}
        decisions: dict[str, Decision] = {}
        spaced = self._spaced_names()
        for element in self._all(self.root, "decision"):
            decision = self._decision(element, spaced)
            if decision.id in decisions:
                raise self._refusal(element, f"the decision id {decision.id!r} is used twice")
            decisions[decision.id] = decision
        namespace = str(self.root.get("namespace") or "")
        return Model(
            name=self.file, namespace=namespace, digest=digest, decisions=decisions, inputs=inputs
        )

    def _require_dmn(self) -> None:
        name = etree.QName(self.root)
        if name.localname != "definitions" or name.namespace not in NAMESPACES:
            raise self._refusal(self.root, f"{self.root.tag} is not the root of a DMN 1.1-1.5 file")
        for element in self.root.iter(*(f"{{{name.namespace}}}{tag}" for tag in REFUSED)):
            raise self._refusal(element, f"<{_tag(element)}> is not supported")
        for element in self.root.iter("*"):
            self._require_feel(element)

    def _require_feel(self, element: etree._Element) -> None:
        language = element.get("expressionLanguage")
        if language and language.casefold() != "feel" and "/feel/" not in language.casefold():
            raise self._refusal(element, f"the expression language {language!r} is not FEEL")

    def _decision(self, element: etree._Element, spaced: frozenset[str]) -> Decision:
        requirements = list(self._all(element, "informationRequirement"))
        return Decision(
            id=self._id(element),
            name=str(element.get("name") or self._id(element)),
            variable=self._variable(element),
            file=self.file,
            line=_line(element),
            description=self._text(self._one(element, "description")),
            requires=tuple(self._references(requirements, "requiredDecision")),
            inputs=tuple(self._references(requirements, "requiredInput")),
            logic=self._logic(element, spaced),
        )

    def _logic(self, element: etree._Element, spaced: frozenset[str]) -> Table | Cell:
        table = self._one(element, "decisionTable")
        if table is not None:
            return self._table(table, spaced)
        literal = self._one(element, "literalExpression")
        if literal is None:
            raise self._refusal(
                element, f"the decision {self._id(element)!r} has neither a table nor an expression"
            )
        return self._cell(literal, spaced)

    def _table(self, element: etree._Element, spaced: frozenset[str]) -> Table:
        inputs = tuple(self._input(e, spaced) for e in self._all(element, "input"))
        outputs = tuple(self._output(e, spaced) for e in self._all(element, "output"))
        if not outputs:
            raise self._refusal(element, "the table has no output")
        notes = [str(e.get("name") or "") for e in self._all(element, "annotation")]
        table = Table(
            hit_policy=self._policy(element),
            aggregation=self._aggregation(element),
            inputs=inputs,
            outputs=outputs,
            rules=tuple(
                self._rule(e, number=n, notes=notes, spaced=spaced)
                for n, e in enumerate(self._all(element, "rule"), start=1)
            ),
        )
        self._require_shape(element, table)
        return table

    def _require_shape(self, element: etree._Element, table: Table) -> None:
        if table.aggregation and len(table.outputs) > 1:
            raise self._refusal(element, f"{table.aggregation} needs exactly one output")
        if len(table.outputs) > 1 and not all(column.name for column in table.outputs):
            raise self._refusal(element, "each of several outputs needs a name")
        for rule in table.rules:
            if len(rule.tests) != len(table.inputs) or len(rule.outputs) != len(table.outputs):
                raise DecisionRefused(
                    f"rule {rule.number} has {len(rule.tests)} input and {len(rule.outputs)} output"
                    f" entries for {len(table.inputs)} inputs and {len(table.outputs)} outputs",
                    where=f"{self.file}:{rule.line}",
                )

    def _policy(self, element: etree._Element) -> HitPolicy:
        text = str(element.get("hitPolicy") or "UNIQUE")
        try:
            return HitPolicy(text)
        except ValueError:
            raise self._refusal(element, f"there is no hit policy {text!r}") from None

    def _aggregation(self, element: etree._Element) -> Aggregation | None:
        text = element.get("aggregation")
        if text is None:
            return None
        if self._policy(element) is not HitPolicy.COLLECT:
            raise self._refusal(element, f"the aggregation {text} needs the hit policy COLLECT")
        try:
            return Aggregation(text)
        except ValueError:
            raise self._refusal(element, f"there is no aggregation {text!r}") from None

    def _input(self, element: etree._Element, spaced: frozenset[str]) -> InputColumn:
        expression = self._one(element, "inputExpression")
        if expression is None:
            raise self._refusal(element, "an input has no expression")
        cell = self._cell(expression, spaced)
        values = self._one(element, "inputValues")
        return InputColumn(
            label=str(element.get("label") or cell.text),
            type=expression.get("typeRef"),
            line=_line(element),
            expression=cell,
            values=None if values is None else self._cell(values, spaced, unary=True),
        )

    def _output(self, element: etree._Element, spaced: frozenset[str]) -> OutputColumn:
        values = self._one(element, "outputValues")
        default = self._one(element, "defaultOutputEntry")
        name = element.get("name") or None
        return OutputColumn(
            name=name,
            label=str(element.get("label") or name or "output"),
            type=element.get("typeRef"),
            line=_line(element),
            values=None
            if values is None
            else self._compile(
                f"[{self._text_of(values)}]", line=_line(values), names=spaced, unary=False
            ),
            default=None if default is None else self._cell(default, spaced),
        )

    def _rule(
        self, element: etree._Element, *, number: int, notes: list[str], spaced: frozenset[str]
    ) -> Rule:
        entries = [self._text_of(e) for e in self._all(element, "annotationEntry")]
        named = {
            notes[i] if i < len(notes) and notes[i] else f"annotation {i + 1}": entry
            for i, entry in enumerate(entries)
        }
        return Rule(
            number=number,
            id=element.get("id"),
            line=_line(element),
            tests=tuple(
                self._cell(e, spaced, unary=True) for e in self._all(element, "inputEntry")
            ),
            outputs=tuple(self._cell(e, spaced) for e in self._all(element, "outputEntry")),
            description=self._text(self._one(element, "description")),
            annotations=named,
        )

    def _cell(
        self, element: etree._Element, spaced: frozenset[str], *, unary: bool = False
    ) -> Cell:
        text = self._text_of(element)
        return self._compile(text, line=_line(element), names=spaced, unary=unary)

    def _compile(self, text: str, *, line: int, names: frozenset[str], unary: bool) -> Cell:
        source = text or ("-" if unary else "null")
        try:
            expression = feel.parse(source, names=names, unary=unary)
        except feel.FeelError as error:
            return Cell(text=text, line=line, unary=unary, expression=None, error=error)
        return Cell(
            text=text,
            line=line,
            unary=unary,
            expression=expression,
            error=None,
            excludes_booleans=_excluded_booleans(text) if unary else None,
        )

    def _spaced_names(self) -> frozenset[str]:
        elements = [*self._all(self.root, "inputData"), *self._all(self.root, "decision")]
        names = (self._variable(element) for element in elements)
        return frozenset(name for name in names if not name.isidentifier())

    def _references(self, requirements: list[etree._Element], tag: str) -> Iterator[Requirement]:
        for requirement in requirements:
            for reference in self._all(requirement, tag):
                target = str(reference.get("href") or "").rpartition("#")[2]
                if not target:
                    raise self._refusal(reference, f"<{tag}> has no href")
                yield Requirement(id=target, line=_line(reference))

    def _variable(self, element: etree._Element) -> str:
        variable = self._one(element, "variable")
        name = None if variable is None else variable.get("name")
        return str(name or element.get("name") or self._id(element))

    def _id(self, element: etree._Element) -> str:
        identifier = element.get("id")
        if not identifier:
            raise self._refusal(element, f"a <{_tag(element)}> has no id")
        return str(identifier)

    def _all(self, element: etree._Element, tag: str) -> Iterator[etree._Element]:
        return element.iterchildren(f"{{{etree.QName(self.root).namespace}}}{tag}")

    def _one(self, element: etree._Element, tag: str) -> etree._Element | None:
        return next(self._all(element, tag), None)

    def _text_of(self, element: etree._Element) -> str:
        return self._text(self._one(element, "text"))

    def _text(self, element: etree._Element | None) -> str:
        return "" if element is None else "".join(str(t) for t in element.itertext()).strip()

    def _refusal(self, element: etree._Element, what: str) -> DecisionRefused:
        return DecisionRefused(what, where=f"{self.file}:{_line(element)}")
