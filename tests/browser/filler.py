"""Fills a task's form as a person does: by typing, ticking and choosing what is on the page."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cursus.demo.answers import Question, answer
from recruitment.correspondence import pdf

ZONE = ZoneInfo("Europe/Brussels")


def complete(page, element, plan, now):
    """Fill the open task's form with what the demonstration answers to it, and complete it."""
    page.locator("html[data-form=ready]").wait_for()
    # the mark at the foot of a form says that all of it is drawn
    page.locator("#form .fjs-powered-by, #form:empty").first.wait_for(state="attached")
    told = json.loads(page.locator("#task-data").text_content())
    if told["schema"]:
        question = Question(element=element, plan=plan, seen=told["variables"], now=now)
        given = answer(json.dumps(told["schema"]).encode(), question)
        fill(page, told["schema"]["components"], given)
        # a field that was drawn anew under the typing is typed again
        fill(page, told["schema"]["components"], given)
    page.get_by_role("button", name="Complete", exact=True).click()
    page.locator("#faults:visible, #said").first.wait_for()
    assert page.locator("#said").count(), page.locator("#faults").inner_text()


def fill(page, components, given, suffix=""):
    """Fill the fields that are on the page and that something is given for."""
    for one in components:
        if one["type"] == "group":
            inner = given.get(one["path"], {}) if one.get("path") else given
            fill(page, one["components"], inner, suffix)
        elif one["type"] == "dynamiclist":
            _fill_rows(page, one, given.get(one["path"], []))
        elif given.get(one.get("key")) is not None:
            _fill_one(page, one, given[one["key"]], f"-{one['id']}{suffix}")


def _fill_rows(page, component, rows):
    listed = page.locator("[role=group]").filter(has=_ending(page, f"-{component['id']}"))
    there = listed.locator(".fjs-repeat-row-container")
    for number in range(there.count(), len(rows)):
        listed.get_by_role("button", name="Add new").click()
        there.nth(number).wait_for()
        _let_draw(page)
    for number, row in enumerate(rows):
        fill(page, component["components"], row, f"_{number}")


def _fill_one(page, component, value, ending):
    filler = _FILLERS.get(component["type"], _type)
    filler(page, component, value, ending)
    _let_draw(page)


def _let_draw(page):
    """Let the form draw itself anew, which no hand is fast enough to overtake."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def _ending(page, ending):
    return page.locator(f'[id$="{ending}"]')


def _type(page, _component, value, ending):
    field = _ending(page, ending)
    # the form does not ask everything of everybody
    if field.count() and field.input_value() != str(value):
        field.fill(str(value))
        # leaving a field is what makes the form take it at once
        field.blur()


def _tick(page, _component, value, ending):
    field = _ending(page, ending)
    if field.count():
        field.set_checked(value)


def _choose_one(page, component, value, ending):
    number = [one["value"] for one in component["values"]].index(value)
    option = _ending(page, f"{ending}-{number}")
    if option.count():
        option.check()


def _select(page, component, value, ending):
    label = next(one["label"] for one in component["values"] if one["value"] == value)
    field = page.locator(".fjs-form-field-select").filter(has=_ending(page, ending))
    if field.count() and field.locator(".fjs-select-display").inner_text() != label:
        choices = field.locator(".fjs-dropdownlist")
        if not choices.count():  # coming here by Tab has opened it already
            field.locator(".fjs-input-group").click()
        choices.get_by_text(label, exact=True).click()


def _date(page, component, value, ending):
    field = _ending(page, f"{ending}-date")
    if not field.count() or field.input_value():
        return
    if component["subtype"] == "date":
        day = date.fromisoformat(str(value)[:10])
    else:
        at = datetime.fromisoformat(value).astimezone(ZONE)
        day = at.date()
        _ending(page, f"{ending}-time").fill(f"{at:%H:%M}")
        page.keyboard.press("Tab")
        _let_draw(page)
    field.fill(f"{day:%d/%m/%Y}")
    page.keyboard.press("Tab")


def _attach(page, _component, _value, ending):
    holder = page.locator(".fjs-form-field-filepicker").filter(has=_ending(page, ending))
    if holder.count() and "proof.pdf" not in holder.inner_text():
        content = pdf("Proof", "Served", {}, date="2026-01-05")
        file = {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": content}
        holder.locator("input[type=file]").set_input_files(file)


_FILLERS = {
    "checkbox": _tick,
    "radio": _choose_one,
    "select": _select,
    "datetime": _date,
    "filepicker": _attach,
}
