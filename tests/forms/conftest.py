"""Small builders of form-js schemas for the tests of this room."""

from types import SimpleNamespace

import pytest

from forms import FormError, compile_form


def form(*components, **more):
    schema = {"type": "default", "schemaVersion": 18, "id": "sheet", **more}
    return compile_form({**schema, "components": list(components)}, name="sheet.form")


def field(kind, key, *, required=False, **more):
    validate = {**more.pop("validate", {}), **({"required": True} if required else {})}
    return {"type": kind, "id": f"Field_{key}", "key": key, "validate": validate, **more}


def choice(kind, key, *values, **more):
    return field(kind, key, values=[{"label": str(v), "value": v} for v in values], **more)


def entries(path, *components, **more):
    return {"type": "dynamiclist", "path": path, "components": list(components), **more}


def errors(compiled, submission, **case):
    with pytest.raises(FormError) as refused:
        compiled.load(submission, **case)
    return refused.value.errors


@pytest.fixture
def sheet():
    return SimpleNamespace(form=form, field=field, choice=choice, entries=entries, errors=errors)
