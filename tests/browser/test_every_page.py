"""Every page that each role reaches: no axe violation, no sideways scrolling, a heading."""

import hashlib
import re
from pathlib import Path

import pytest

from cursus.demo.people import PEOPLE
from tests.browser.addresses import Ids, addresses

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
#: WCAG 2.1 A and AA, and what axe's authors hold to be good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) =>
    node.target.join(" ") + " " + node.html.slice(0, 120))]);
}"""
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
ROLES = {person.roles[0]: person.name for person in reversed(PEOPLE)}
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)


@pytest.fixture(scope="module")
def ids(everybody):
    return Ids(everybody)


@pytest.fixture(scope="module")
def seen():
    """Digests of the contents that were looked at: the same again for another role is skipped."""
    return set()


def test_every_page_has_ids_to_be_opened_with(people, ids):
    found, unknown = addresses(ids)
    assert unknown == []
    assert len(found) > 5


@pytest.mark.parametrize("name", ["nobody", *ROLES.values()])
def test_every_page_is_sound_for(name, people, ids, seen):
    page = people.at(name)
    faults = {}
    for _, address in addresses(ids)[0]:
        answer = page.request.get(address)
        if _is_page(answer) and _is_new(answer.text(), seen):
            for fault in _faults(page, address):
                faults.setdefault(fault, []).append(address)
        elif answer.status >= 500:
            faults.setdefault(f"status {answer.status}", []).append(address)
    assert not faults, _listed(faults)


def _listed(faults):
    return "\n".join(
        f"{fault}\n    on {len(places)}: {' '.join(places[:4])}" for fault, places in faults.items()
    )


def _is_page(answer):
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return is_html and answer.status < 500 and answer.text().lstrip().startswith("<!doctype")


def _is_new(text, seen):
    content = _MAIN.search(text)
    digest = hashlib.sha256((content.group() if content else text).encode()).digest()
    is_new = digest not in seen
    seen.add(digest)
    return is_new


def _faults(page, address):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_load_state("networkidle")
    yield from _axe(page, "")
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} headings of the first order"
    page.set_viewport_size(NARROW)
    overflow = page.evaluate(OVERFLOW)
    if overflow:
        yield f"at 320 px: {overflow}"
    yield from _axe(page, "at 320 px: ")


def _axe(page, where):
    page.evaluate(AXE)
    for rule, nodes in page.evaluate(RUN, TAGS):
        yield f"{where}{rule}: {' | '.join(nodes)}"
