"""Element templates: every operation of the catalogue as a ready-made task of the editor."""

from collections.abc import Iterator

from marshmallow import Schema, fields

from engine.operations import Catalogue, Operation
from web.language import words

#: Names the format of the templates to the editor; nothing is loaded from there.
FORMAT = "@camunda/zeebe-element-templates-json-schema"
Property = dict[str, object]


def element_templates(operations: Catalogue) -> list[dict[str, object]]:
    """Return one template per operation: its type is fixed, its input and output are fields."""
    return [_template(one) for one in operations]


def _template(operation: Operation) -> dict[str, object]:
    return {
        "$schema": FORMAT,
        "id": f"cursus:{operation.name}",
        "name": operation.title,
        "description": operation.name,
        "appliesTo": ["bpmn:ServiceTask", "bpmn:SendTask"],
        "groups": [{"id": "input", "label": "Input"}, {"id": "output", "label": "Result"}],
        "properties": [
            _type(operation),
            *_inputs(operation.input()),
            *_outputs(operation.output()),
        ],
    }


def _type(operation: Operation) -> Property:
    return {
        "type": "Hidden",
        "value": operation.name,
        "binding": {"type": "zeebe:taskDefinition", "property": "type"},
    }


def _inputs(schema: Schema) -> Iterator[Property]:
    for name, field in schema.fields.items():
        given: Property = {
            "id": f"input_{name}",
            "label": words(name),
            "group": "input",
            "type": "String" if isinstance(field, fields.String) else "Text",
            # a text may stand for itself, anything else is computed
            "feel": "optional" if isinstance(field, fields.String) else "required",
            "binding": {"type": "zeebe:input", "name": name},
        }
        if field.required:
            yield {**given, "constraints": {"notEmpty": True}}
        else:
            yield {**given, "optional": True}


def _outputs(schema: Schema) -> Iterator[Property]:
    for name in schema.fields:
        yield {
            "id": f"output_{name}",
            "label": words(name),
            "description": "Name of the variable that keeps it",
            "group": "output",
            "type": "String",
            "optional": True,
            "binding": {"type": "zeebe:output", "source": f"={name}"},
        }
