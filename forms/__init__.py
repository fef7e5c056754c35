"""Forms: form-js schemas, compiled so that what the page asks is what the server accepts."""

from forms.components import Component
from forms.errors import FormError, FormSchemaError
from forms.rules import RULES, Rule
from forms.schema import Form, compile_form

__all__ = [
    "RULES",
    "Component",
    "Form",
    "FormError",
    "FormSchemaError",
    "Rule",
    "compile_form",
]
