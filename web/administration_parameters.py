"""Parameters: the values that the institution sets and figures from outside, with their source."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template as render
from flask.typing import ResponseReturnValue

import feel
from api.house import acting
from engine import definitions, timelimits
from engine.access import authorize
from engine.cases import Act
from engine.decisions import Decision, Model, Table
from engine.errors import PeriodRefused
from engine.store import health
from web import lists
from web.administration import pages
from web.language import _, label, ngettext, words
from web.navigation import may

#: The files of parameters, in the order in which they are shown.
FILES = ("policy.dmn", "external_figures.dmn")
MONTHS_IN_YEAR = 12
_COLUMNS = ("key", "value", "unit", "source")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One row of a table of parameters."""

    name: str
    #: as it stands in the table
    text: str
    #: a period or a yes in words, where it is one
    meaning: str
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One version of one table, and the processes whose version in force uses it."""

    file: str
    title: str
    digest: str
    #: their ids and names
    used_by: Sequence[tuple[str, str]]
    rows: Sequence[Parameter]


@pages.get("/administration/parameters")
def parameters() -> ResponseReturnValue:
    """Show the parameters in force, with the source of each."""
    given = lists.given("q")
    with acting() as act:
        # whoever looks after processes reads them too
        verb = "user:list" if may("user:list") else "definition:check"
        authorize(act.actor, verb, act.shell.policy)
        sheets = _sheets(act)
    text = given.get("q", "").casefold()
    return render(
        "administration_parameters.html",
        given=given,
        sheets=[(one, [row for row in one.rows if _matches(row, text)]) for one in sheets],
    )


def _matches(row: Parameter, text: str) -> bool:
    return any(text in one.casefold() for one in (row.name, row.text, row.unit, row.source))


def _sheets(act: Act) -> list[Sheet]:
    """Return the tables in force; processes that share the same file share one sheet."""
    models: dict[tuple[str, str], Model] = {}
    users: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for process, name in health.processes(act.uow).items():
        digest = definitions.latest(act.uow, process)["digest"]
        for model in definitions.find(act.uow, digest).models:
            if model.name in FILES:
                key = (model.name, model.digest)
                models[key] = model
                users.setdefault(key, []).append((process, label(name)))
    order = sorted(models, key=lambda key: (FILES.index(key[0]), -len(users[key])))
    return [
        sheet
        for key in order
        for decision in models[key].decisions.values()
        if (sheet := _sheet(models[key], decision, users[key])) is not None
    ]


def _sheet(model: Model, decision: Decision, used_by: Sequence[tuple[str, str]]) -> Sheet | None:
    table = decision.logic
    if not isinstance(table, Table) or table.inputs:
        return None
    return Sheet(
        file=model.name,
        title=label(decision.name).partition(":")[0].rstrip(),
        digest=model.digest,
        used_by=used_by,
        rows=_rows(table),
    )


def _rows(table: Table) -> list[Parameter]:
    names = [one.name for one in table.outputs]
    rows = []
    for rule in table.rules:
        cells = dict(zip(names, rule.outputs, strict=True))
        texts = {
            name: _text(cell.expression.evaluate({}) if cell.expression else cell.text)
            for name, cell in cells.items()
        }
        name, value, unit, source = (texts.get(one, "") for one in _COLUMNS)
        rows.append(
            Parameter(
                name=name, text=value, meaning=_meaning(value), unit=unit,
                source=label(source or rule.source),
            )
        )  # fmt: skip
    return rows


def _text(value: object) -> str:
    plain = feel.to_json(value)
    return {True: "true", False: "false"}[plain] if isinstance(plain, bool) else str(plain)


def _meaning(text: str) -> str:
    """Say a period or a truth value in words; nothing for anything else."""
    if text in ("true", "false"):
        return _("yes") if text == "true" else _("no")
    try:
        period = timelimits.parse_period(text)
    except PeriodRefused:
        return words(text.lower()) if text.isidentifier() and "_" in text else ""
    years, months = divmod(period.months, MONTHS_IN_YEAR)
    days = period.days + period.part_days
    parts = (
        (years, ngettext("%(n)s year", "%(n)s years", years)),
        (months, ngettext("%(n)s month", "%(n)s months", months)),
        (period.weeks, ngettext("%(n)s week", "%(n)s weeks", period.weeks)),
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (period.hours, ngettext("%(n)s hour", "%(n)s hours", period.hours)),
        (
            period.working_days,
            ngettext("%(n)s working day", "%(n)s working days", period.working_days),
        ),
    )
    return ", ".join(part % {"n": number} for number, part in parts if number)
