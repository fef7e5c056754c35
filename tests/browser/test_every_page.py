"""Every page that each role reaches: no axe violation, no sideways scrolling, a heading."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from cursus.demo.people import PEOPLE
from tests.browser.addresses import Ids, addresses

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
#: WCAG 2.1 A and AA, and what axe's authors hold to be good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
RUN = """async ({part, tags}) => {
  const found = await axe.run(part,
    {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) =>
    node.target.join(" ") + " " + node.html.slice(0, 120))]);
}"""
WIDE = {"width": 1440, "height": 900}
#: The dialogs that a page brings along whole; scripts fill the others when they open them.
OPEN = """() => [...document.querySelectorAll("dialog[id]:not([open])")]
  .map((one) => one.id).filter((id) => !["finder", "move", "difference"].includes(id))"""
#: A page at 400 % on a screen of 1280 by 1024.
NARROW = {"width": 320, "height": 256}
OVERFLOW = """() => {
  const root = document.documentElement, wide = root.clientWidth;
  if (root.scrollWidth <= wide) return null;
  const out = [...document.querySelectorAll("body *")].filter((one) =>
    one.getBoundingClientRect().right > wide + 1 && !one.closest(".scroll"));
  return `${root.scrollWidth} px wide: ` + out.slice(0, 3).map((one) =>
    one.tagName.toLowerCase() + "." + one.className).join(", ");
}"""
#: Marks what can be worked with, and has each mark taken off when the focus comes there.
CONTROLS = """() => {
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex]";
  const groups = new Set();
  for (const one of document.querySelectorAll(kinds)) {
    const group = one.type === "radio" && one.name && `${one.form?.id} ${one.name}`;
    if (one.tabIndex < 0 || one.disabled || groups.has(group) || one.closest("[inert]")) continue;
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    // Tab stops once in a group of radio buttons: the arrow keys do the rest
    if (group) groups.add(group);
    one.dataset.unreached = group || "";
  }
  document.addEventListener("focusin", ({target}) => {
    const group = target.type === "radio" && `${target.form?.id} ${target.name}`;
    delete target.dataset.unreached;
    if (group) document.querySelector(`[data-unreached="${CSS.escape(group)}"]`)
      ?.removeAttribute("data-unreached");
  });
  // within a date Tab goes from part to part
  const parts = document.querySelectorAll("input[type^=date], input[type=time]").length * 7;
  return document.querySelectorAll("[data-unreached]").length + parts;
}"""
UNREACHED = """() => [...document.querySelectorAll("[data-unreached]")].map((one) =>
  (one.outerHTML.slice(0, 100)))"""
#: What is asked for wrongly here, and is refused to everybody.
WRONG = re.compile(
    r"unit=moons|pages_work[.](together|ask_when|ask_whom)$|pages_history[.]one_event$"
    r"|new_rehearsal$"
)
ROLES = {person.roles[0]: person.name for person in reversed(PEOPLE)}
#: Which scripts say that they are done, and by which mark on the document.
MARKS = {
    "frame": "ready",
    "administration": "administration",
    "calls": "calls",
    "calls-board": "board",
    "calls-heat": "heat",
    "interviews": "interviews",
    "case": "diagram",
    "deliberation": "deliberation",
    "scores": "scores",
    "register": "register",
    "screening": "screening",
    "intake": "intake",
    "studio-bpmn": "editor",
    "studio-dmn": "editor",
    "studio-form": "editor",
    "studio-compare": "editor",
    "studio-rehearsal": "rehearsal",
    "studio-view": "editor",
    "task": "form",
    "work": "work",
}
DONE = """(marks) => [...document.scripts].filter((one) => one.src).every((one) => {
  const name = new URL(one.src).pathname.split("/").pop().replace(/[.]js$/, "");
  const mark = marks[name];
  if (!mark) throw new Error(`tests/browser does not know the mark of ${name}.js`);
  return document.documentElement.dataset[mark] !== undefined;
})"""
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)
_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)([^>]*)>")
_ATTRIBUTE = re.compile(r'\s([a-z-]+)(?:="([^"]*)")?')
_FIELD = re.compile(r'"type": ?"(\w+)"')
#: Attributes by whose value the same element is drawn or told otherwise.
_TELLING = frozenset({
    "class", "type", "role", "data-kind", "aria-current", "aria-expanded", "aria-labelledby",
})  # fmt: skip
#: Attributes that count by being there.
_THERE = frozenset({"aria-label", "tabindex", "disabled"})
_NUMBER = re.compile(r"\d+")
#: After so many refusals of a page to somebody, the rest of its addresses are not asked for.
TWICE, REFUSED = 2, (403, None)
#: Pages that are somebody's by what they show, not by a role.
PERSONAL = re.compile(r"pages_(task|cases|scores|deliberation|papers|work|history)[.]")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What somebody is shown at an address."""

    #: the endpoint, and what is asked of it
    page: str
    address: str
    #: None where one is led to another page, as to sign in
    status: int | None
    #: whether it holds an element that no page like it has shown before
    is_new: bool


@pytest.fixture(scope="module")
def ids(everybody):
    ids = Ids(everybody)
    ids.prepare()
    return ids


@pytest.fixture(scope="module")
def visits(everybody, ids):
    """What everybody is shown everywhere; pages that only say the same again are not new."""
    found, seen, every = {}, {}, addresses(ids)[0]
    for name in ["nobody", *ROLES.values()]:
        request = everybody.at(name).request
        refused = Counter()
        found[name] = []
        for endpoint, address in every:
            # whom a page refuses twice, it refuses whatever it is asked for
            if refused[endpoint] < TWICE or PERSONAL.match(endpoint):
                visit = _visit(request, seen, endpoint, address)
                found[name].append(visit)
                refused[endpoint] += visit.status in REFUSED
    return found


def _visit(request, seen, endpoint, address):
    answer = request.get(address)
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    text = answer.text() if is_page and answer.status != 500 else ""
    is_page = text.lstrip().startswith("<!doctype")
    # refusals look alike wherever one meets them, and so does the page that one is led to
    is_led = urlsplit(answer.url).path != urlsplit(address).path
    kind = endpoint if answer.ok and not is_led else (answer.status, is_led)
    known = seen.setdefault(kind, set())
    page = "?".join([endpoint, *address.split("?")[1:]])
    fresh = _kinds(text) - known if is_page else set()
    known |= fresh
    return Visit(
        page=page, address=address, status=None if is_led else answer.status, is_new=bool(fresh)
    )


def _kinds(text):
    """Return what a page consists of: kinds of elements and of fields, and how long its words are.

    A kind is an element's name with those of its attributes that tell.
    """
    whole = _MAIN.search(text)
    content = whole.group() if whole else text
    longest = max(len(word) for word in re.split(r"<[^>]*>|[\s-]+", content))
    return {
        ("a word of", longest // 16),
        *(("a field", one) for one in _FIELD.findall(content)),
        *((tag, *_told(_ATTRIBUTE.findall(rest))) for tag, rest in _ELEMENT.findall(content)),
    }


def _told(attributes):
    for name, value in attributes:
        if name in _TELLING:
            yield name, _NUMBER.sub("", value)
        elif name in _THERE:
            yield name, ""


def test_every_page_has_ids_to_be_opened_with(people, ids):
    found, unknown = addresses(ids)
    assert unknown == []
    assert len(found) > 5


def test_every_page_opens_to_somebody(people, visits):
    shown = {one.page for some in visits.values() for one in some if one.status == 200}
    every = {one.page for some in visits.values() for one in some}
    assert [one for one in sorted(every - shown) if not WRONG.search(one)] == []
    broken = [
        (one.address, one.status)
        for some in visits.values()
        for one in some
        if (one.status or 0) >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["nobody", *ROLES.values()])
def test_every_page_is_sound_for(name, people, visits):
    page = people.at(name)
    faults = {}
    for one in visits[name]:
        if one.is_new:
            for fault in _faults(page, one.address):
                faults.setdefault(fault, []).append(one.address)
    assert not faults, _listed(faults)


def test_what_scripts_open_is_sound(people):
    page = people.at("hanna")
    page.goto("/calls/demonstration-today")
    page.wait_for_function(DONE, arg=MARKS)
    page.evaluate(AXE)
    page.locator(".calls-move").first.click()
    page.locator("#move[open]").wait_for()
    faults = list(_axe(page, "#move"))
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#finder input").fill("calls")
    page.locator("#finder [role=option]").first.wait_for()
    faults += _axe(page, "#finder")
    page.keyboard.press("Escape")
    page.set_viewport_size(NARROW)
    page.locator("#menu-button").click()
    faults += _axe(page, "header")
    assert faults == []
    assert page.evaluate(OVERFLOW) is None


def _listed(faults):
    return "\n".join(
        f"{fault}\n    on {len(places)}: {' '.join(places[:4])}" for fault, places in faults.items()
    )


def _faults(page, address):
    page.set_viewport_size(WIDE)
    page.goto(address, wait_until="domcontentloaded")
    try:
        page.wait_for_function(DONE, arg=MARKS)
    except PlaywrightTimeout:
        yield "its scripts never say that they are done"
    page.evaluate(AXE)
    yield from _axe(page)
    for opened in page.evaluate(OPEN):
        page.evaluate("(id) => document.getElementById(id).showModal()", opened)
        yield from _axe(page, f"#{opened}")
        page.evaluate("(id) => document.getElementById(id).close()", opened)
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} headings of the first order"
    unreached = _unreached(page)
    if unreached:
        yield f"Tab never comes to {len(unreached)}: {unreached[0]}"
    # the same page, narrower: what is laid out anew, not what is loaded anew
    page.set_viewport_size(NARROW)
    overflow = page.evaluate(OVERFLOW)
    if overflow:
        yield f"at 320 px: {overflow}"


def _unreached(page):
    """Press Tab all through the page; return what can be worked with and never had the focus."""
    left = page.evaluate(CONTROLS) + 5
    while left > 0 and page.evaluate(UNREACHED):
        for _ in range(min(left, 20)):
            # held down, as a hurried person does: one message to the browser for each stop
            page.keyboard.down("Tab")
        page.keyboard.up("Tab")
        left -= 20
    return page.evaluate(UNREACHED)


def _axe(page, part="html"):
    for rule, nodes in page.evaluate(RUN, {"part": part, "tags": TAGS}):
        yield f"{rule}: {' | '.join(nodes)}"
