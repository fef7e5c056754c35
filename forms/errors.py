"""The two refusals of this room: a submission with errors, and a form that cannot be used."""

from collections.abc import Mapping


class FormError(Exception):
    """The form has errors."""

    def __init__(self, errors: Mapping[str, list[str]], *, form: str) -> None:
        """Keep the messages per field path (`members.0.name`; the whole form is the empty path)."""
        self.errors = dict(sorted(errors.items()))
        self.form = form
        said = "; ".join(f"{path or form}: {texts[0]}" for path, texts in self.errors.items())
        super().__init__(said)


class FormSchemaError(Exception):
    """The form cannot be used."""

    def __init__(self, message: str, *, file: str, component: str | None, remedy: str) -> None:
        """Keep the file, the id of the component at fault and what to do about it."""
        self.message = message
        self.file = file
        self.component = component
        self.remedy = remedy
        place = f"{file}, component {component}" if component else file
        super().__init__(f"{place}: {message} ({remedy})")
