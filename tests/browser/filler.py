"""Fills a task's form as a person does: by typing, ticking and choosing what is on the page."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cursus.demo.answers import Question, answer
from recruitment.correspondence import pdf

ZONE = ZoneInfo("Europe/Brussels")


def complete(page, element, plan, now, otherwise):
    """Fill the open task's form with the demonstration's answers, or others, and complete it."""
    told = _told(page, "#task-data")
    if told["schema"]:
        _answer(page, told["schema"], _question(element, plan, now, told["variables"]), otherwise)
    page.get_by_role("button", name="Complete", exact=True).click()
    _judged(page)


def write_down(page, message, plan, now):
    """Fill the open form of a message that arrived, and record it."""
    told = _told(page, "#message-data")
    _answer(page, told["schema"], _question(message, plan, now, {}), {})
    page.get_by_role("button", name="Record it").click()
    _judged(page)


def _told(page, island):
    page.locator("html[data-form=ready]").wait_for()
    # the mark at the foot of a form says that all of it is drawn
    page.locator("#form .fjs-powered-by, #form:empty").first.wait_for(state="attached")
    return json.loads(page.locator(island).text_content())


def _question(element, plan, now, seen):
    return Question(element=element, plan=plan, seen=seen, now=now)


def _judged(page):
    page.locator("#faults:visible, #said").first.wait_for()
    assert page.locator("#said").count(), page.locator("#faults").inner_text()


def _answer(page, schema, question, otherwise):
    given = {**answer(json.dumps(schema).encode(), question), **otherwise}
    filled = set()
    fill(page, schema["components"], given, filled)
    # an answer may bring up a question above it
    fill(page, schema["components"], given, filled)


def fill(page, components, given, filled, suffix=""):
    """Fill the fields that are on the page, that something is given for and that are not filled."""
    for one in components:
        if one["type"] == "group":
            inner = given.get(one["path"], {}) if one.get("path") else given
            fill(page, one["components"], inner, filled, suffix)
        elif one["type"] == "dynamiclist":
            _fill_rows(page, one, given.get(one["path"], []), filled)
        elif given.get(one.get("key")) is not None:
            _fill_one(page, one, given[one["key"]], filled, f"-{one['id']}{suffix}")


def _fill_rows(page, component, rows, filled):
    listed = page.locator("[role=group]").filter(has=_ending(page, f"-{component['id']}"))
    there = listed.locator(".fjs-repeat-row-container")
    for number in range(there.count(), len(rows)):
        listed.get_by_role("button", name="Add new").click()
        there.nth(number).wait_for()
    for number, row in enumerate(rows):
        fill(page, component["components"], row, filled, f"_{number}")


def _fill_one(page, component, value, filled, ending):
    filler = _FILLERS.get(component["type"], _type)
    if ending not in filled and filler(page, component, value, ending):
        filled.add(ending)


def _ending(page, ending):
    return page.locator(f'[id$="{ending}"]')


def _type(page, _component, value, ending):
    field = _ending(page, ending)
    # the form does not ask everything of everybody
    is_asked = field.count()
    if is_asked:
        field.fill(str(value))
    return is_asked


def _tick(page, _component, value, ending):
    field = _ending(page, ending)
    is_asked = field.count()
    if is_asked:
        field.set_checked(value)
    return is_asked


def _choose_one(page, component, value, ending):
    number = [one["value"] for one in component["values"]].index(value)
    option = _ending(page, f"{ending}-{number}")
    is_asked = option.count()
    if is_asked:
        option.check()
    return is_asked


def _select(page, component, value, ending):
    label = next(one["label"] for one in component["values"] if one["value"] == value)
    field = page.locator(".fjs-form-field-select").filter(has=_ending(page, ending))
    is_asked = field.count()
    if is_asked:
        choices = field.locator(".fjs-dropdownlist")
        if not choices.count():  # coming here by Tab has opened it already
            field.locator(".fjs-input-group").click()
        choices.get_by_text(label, exact=True).click()
    return is_asked


def _date(page, component, value, ending):
    field = _ending(page, f"{ending}-date")
    is_asked = field.count()
    if not is_asked:
        return is_asked
    if component["subtype"] == "date":
        day = date.fromisoformat(str(value)[:10])
    else:
        at = datetime.fromisoformat(value).astimezone(ZONE)
        day = at.date()
        _ending(page, f"{ending}-time").fill(f"{at:%H:%M}")
        page.keyboard.press("Tab")
    field.fill(f"{day:%d/%m/%Y}")
    page.keyboard.press("Tab")
    return is_asked


def _attach(page, _component, _value, ending):
    holder = page.locator(".fjs-form-field-filepicker").filter(has=_ending(page, ending))
    is_asked = holder.count()
    if is_asked:
        content = pdf("Proof", "Served", {}, date="2026-01-05")
        file = {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": content}
        holder.locator("input[type=file]").set_input_files(file)
    return is_asked


_FILLERS = {
    "checkbox": _tick,
    "radio": _choose_one,
    "select": _select,
    "datetime": _date,
    "filepicker": _attach,
}
