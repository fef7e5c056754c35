"""Takes the pictures of the guides from a running product with the demonstration in it.

Run it from the root of the project: `python docs/guides/pictures.py http://127.0.0.1:8000`.
It finds its cases, calls and tasks by itself. The draft and the rehearsal that it begins for the
pictures of the studio are put away at the end, and what it types into a score sheet never leaves
the browser; readings of files are recorded, as always. A picture for which nothing is there to be
shown (no panel at work, no interview to plan) is left as it is and named.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 1440, 900
PASSWORD = "a-day-at-the-office"  # noqa: S105  # printed by the demonstration itself
DRAFT = "Five days for the format check"
DIAGRAM = "expression_of_interest.bpmn"
#: what the draft changes: three working days become five
BEFORE, AFTER = "add_working_days(today(), 3, call.site)", "add_working_days(today(), 5, call.site)"

#: how far the slider of a case is moved back for the picture
EVENTS_BACK = 20
#: saves a file of the draft as the editor does, and returns why not
CHANGE = """async ([address, before, after]) => {
  const now = await fetch(address);
  const body = (await now.text()).replace(before, after);
  const saved = await fetch(address, {
    method: "PUT", body, headers: {"If-Match": now.headers.get("ETag")},
  });
  return saved.ok ? "" : saved.text();
}"""


class Desk:
    """A person's browser window on the product."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        """Sign the person in."""
        view = browser.new_context(
            base_url=address,
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=1,
            locale="en-GB",
            timezone_id="Europe/Brussels",
        )
        self.page: Page = view.new_page()
        self.page.goto("/sign-in")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/work**")

    def go(self, path: str) -> None:
        """Open a page and wait until it is quiet."""
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")

    def links(self, path: str, links: str) -> list[str]:
        """Return the addresses of all such links on a page, each once."""
        self.go(path)
        found = self.page.locator(f"main {links}").evaluate_all(
            "some => some.map(one => one.getAttribute('href'))"
        )
        return list(dict.fromkeys(found))

    def first(self, path: str, links: str) -> str:
        """Return the address of the first such link on a page."""
        for found in self.links(path, links):
            return found
        raise SystemExit(f"{path} has no {links}: is the demonstration loaded?")

    def search(self, paths: Iterable[str], wanted: str, picture: str) -> bool:
        """Open the first of these pages that shows what is wanted; if none does, say so."""
        for path in paths:
            self.go(path)
            if self.page.locator(f"main {wanted}").count():
                return True
        sys.stderr.write(f"{picture}: left as it is, no page has {wanted}\n")
        return False

    def bottom(self, part: str, *, above: str | None = None) -> int:
        """Return where a part of the page ends, or the part below it begins."""
        edge = "one => Math.round(scrollY + one.getBoundingClientRect().{})"
        if above and self.page.locator(above).count():
            return int(self.page.locator(above).first.evaluate(edge.format("top"))) - 8
        return int(self.page.locator(part).first.evaluate(edge.format("bottom"))) + 16

    def take(self, name: str, height: int = HEIGHT, *, top: int = 0, width: int = WIDTH) -> None:
        """Keep a part of the page as a picture."""
        self.page.wait_for_load_state("networkidle")
        # the head of the page stays where one has scrolled to
        self.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        self.page.screenshot(
            path=FOLDER / f"{name}.png",
            full_page=True,
            animations="disabled",
            clip={"x": 0, "y": top, "width": width, "height": height},
        )


def officer(sit: Callable[[str], Desk]) -> None:
    """Take the pictures of an HR officer's day."""
    desk = sit("hanna")
    desk.go("/work")
    desk.take("officer-work", 640)
    desk.go(desk.first("/work", "table a[href^='/tasks/']"))
    desk.page.wait_for_selector("#form input")
    desk.take("officer-task", desk.bottom("aside"))
    calls = desk.links("/calls", "table a[href^='/calls/']")
    if desk.search(calls, "li:has-text('Register CV and form') input", "officer-board"):
        for number in range(2):
            desk.page.locator("main ol input[type=checkbox]").nth(number).check()
        desk.take("officer-board", 660)
    _mail(desk, calls)
    desk.go("/register?profile=ICT&group=III&language_1=EN&level_1=C1")
    desk.take("officer-search", 860)
    if desk.search((f"{one}/interviews" for one in calls), "#send-button", "officer-interviews"):
        desk.take("officer-interviews", desk.bottom("#place-candidate"))
    if desk.search((f"{one}/diagram" for one in calls), "#canvas", "officer-heat"):
        desk.page.wait_for_selector("#canvas svg .djs-element")
        desk.take("officer-heat", desk.bottom("figure"))
    frozen = ".message--good:has-text('frozen')"
    if desk.search((f"{one}/deliberation" for one in calls), frozen, "officer-deliberation"):
        desk.take("officer-deliberation", desk.bottom("#merit-title + p + div"))
    desk.go(_agent(desk))
    desk.take("officer-case", 1000)


def _agent(desk: Desk) -> str:
    """Return the address of the case of somebody in service."""
    cases = desk.links("/administration/timers", "table a[href^='/cases/']")
    if not desk.search(cases, "h3:has-text('Contract clock')", "officer-case, auditor-case"):
        raise SystemExit("Nobody is in service: is the demonstration loaded?")
    return urlsplit(desk.page.url).path


def _mail(desk: Desk, calls: Iterable[str]) -> None:
    """Show a mail of the queue that is in order and in time."""
    row = "tr:has-text('in time'):has(.tag:text-is('in order')) a[href^='/intake/']"
    if desk.search((f"{one}/intake" for one in calls), row, "officer-intake"):
        desk.page.locator(f"main {row}").first.click()
        desk.page.wait_for_selector("#decide")
        desk.take("officer-intake", desk.bottom("#decide"))


def panel(sit: Callable[[str], Desk]) -> None:
    """Take the pictures of the selecting unit and of a panel."""
    manager = sit("luisa")
    calls = manager.links("/calls", "table a[href^='/calls/']")
    queue = "a[href*='/screening/']"
    if manager.search((f"{one}/screening" for one in calls), queue, "panel-desk"):
        manager.page.locator(f"main {queue}").first.click()
        manager.page.wait_for_selector("#review")
        manager.take("panel-desk", 1060)
    member = sit("petra")
    if member.search(["/panel"], "#score-title", "panel-page"):
        member.take("panel-page", member.bottom("main", above="h2#next-title, h2#done-title"))
    chair = sit("pavel")
    for kind in ("agree", "done"):
        found = chair.links("/panel", f"section:has(#{kind}-title) a[href^='/deliberation/']")
        if found:
            chair.go(found[0])
            chair.take("panel-deliberation", 1040)
            break
    sheets = chair.links("/panel", "section:has(#score-title) a[href^='/scores/']")
    begun = ".scores-line--done"
    if chair.search(sheets, begun, "panel-sheet") or chair.search(sheets, "#sheet", "panel-sheet"):
        chair.take("panel-sheet", 1000)
        _without_connection(chair)


def _without_connection(desk: Desk) -> None:
    """Show what a sheet says without a connection; the browser is closed before it is back."""
    desk.page.context.set_offline(True)
    desk.page.locator("#sheet textarea").first.press_sequentially(" ")
    expect(desk.page.locator("#draft-state")).to_contain_text("kept on this device")
    desk.page.screenshot(
        path=FOLDER / "panel-offline.png",
        animations="disabled",
        clip={"x": 0, "y": 0, "width": WIDTH, "height": 500},
    )
    desk.page.context.close()


def owner(sit: Callable[[str], Desk]) -> None:
    """Take the pictures of a process owner's change, from the draft to the second person."""
    desk = sit("olga")
    _waiting(desk)
    with drafted(desk) as draft:
        desk.go(f"{draft}/files/{DIAGRAM}#check_format")
        desk.page.wait_for_selector("[data-element-id=check_format]")
        desk.page.wait_for_selector("#properties input, #properties textarea")
        desk.take("owner-editor")
        desk.go(draft)
        desk.page.fill("#propose-comment", "Three working days were too few in the last two calls.")
        desk.take("owner-draft")
        desk.go(desk.first(draft, "a[href^='/studio/compare/']"))
        desk.page.wait_for_selector("#compare svg, main svg")
        desk.take("owner-difference")
        _rehearsal(desk, draft)
        desk.go(draft)
        desk.page.fill("#propose-comment", "Three working days were too few in the last two calls.")
        desk.page.click("#propose button[type=submit]")
        desk.page.wait_for_selector("#decision")
        desk.go(f"{draft}/scenarios")
        desk.take("owner-scenarios", 800)
        second = sit("otto")
        second.go(draft)
        second.take("owner-decision", 560)


def _waiting(desk: Desk) -> None:
    """Show where the cases of the version in force wait."""
    desk.go(desk.first("/studio/recruitment_case", "a[href^='/studio/versions/']"))
    desk.page.click("#waiting nav a:has-text('Expression of interest')")
    desk.page.wait_for_selector("#waiting .view__badge")
    desk.page.click("#waiting button:text-is('Show all')")
    desk.take("owner-waiting", desk.bottom("#waiting figure"))


def _rehearsal(desk: Desk, draft: str) -> None:
    """Rehearse the interview up to the declarations of its panel, and end the rehearsal."""
    begin = f"/studio/rehearsals/new?draft={draft.rpartition('/')[2]}&process=interview"
    desk.go(begin)
    with desk.page.expect_navigation():
        desk.page.select_option("#scenario", index=1)
    desk.page.click("text=Begin the rehearsal")
    desk.page.wait_for_url("**/studio/rehearsals/**said=**")
    desk.page.locator("ul[aria-label='Open tasks'] a").first.click()
    desk.page.click("#as-told")
    with desk.page.expect_navigation():
        desk.page.click("#complete")
    desk.page.wait_for_selector("html[data-diagram=ready]")
    desk.take("owner-rehearsal", 1000)
    desk.page.click("text=End the rehearsal")
    desk.page.wait_for_load_state("networkidle")


@contextmanager
def drafted(desk: Desk) -> Iterator[str]:
    """Begin a draft that differs in one deadline, and put it away afterwards."""
    desk.go("/studio/recruitment_case")
    desk.page.fill("#draft-title", DRAFT)
    desk.page.click("text=Begin a draft")
    desk.page.wait_for_url("**/studio/drafts/**")
    draft = desk.page.url.partition("?")[0]
    try:
        refused = desk.page.evaluate(
            CHANGE, [draft.replace("/studio/", "/api/v1/") + f"/files/{DIAGRAM}", BEFORE, AFTER]
        )
        if refused:
            raise SystemExit(f"The draft could not be changed: {refused}")
        yield draft
    finally:
        desk.go(draft)
        desk.page.click("text=Put away")
        desk.page.click("text=Put this draft away")


def auditor(sit: Callable[[str], Desk]) -> None:
    """Take the pictures of an audit."""
    desk = sit("anton")
    desk.go("/history?article=CEOS+84")
    desk.take("auditor-search", 720)
    case = _agent(desk)
    desk.go(f"/history{case}")
    desk.page.locator("details:has(> summary:has-text('rule'))").first.evaluate(
        "one => { one.open = true }"
    )
    desk.take("auditor-case", 880, top=120)
    desk.go(f"{case}?tab=as-of")
    desk.page.wait_for_selector("html[data-diagram=ready]")
    newest = desk.page.locator("#as-of-seq").inner_text()
    desk.page.locator("#slider").focus()
    for _ in range(EVENTS_BACK):
        desk.page.keyboard.press("ArrowLeft")
    expect(desk.page.locator("#as-of-seq")).not_to_have_text(newest)
    desk.page.click("nav[aria-label='Levels of the diagram'] a:has(:text('1'))")
    desk.page.wait_for_selector("html[data-diagram=ready]")
    desk.take("auditor-as-of", 860, top=370)
    desk.go("/history/verify")
    desk.page.click("text=Verify everything now")
    desk.page.wait_for_selector("text=Newest checkpoint")
    desk.take("auditor-verified", 480)


def operator(sit: Callable[[str], Desk]) -> None:
    """Take the pictures of an operator's morning."""
    desk = sit("oscar")
    desk.go("/administration")
    desk.take("operator-overview", 780)
    desk.go("/administration/timers")
    desk.take("operator-timers", 620)
    desk.go("/administration/users/lars")
    desk.take("operator-person", 880)
    desk.go(
        "/administration/calendars/calculator"
        "?function=legal_limit&start=2026-12-18&length=20&unit=days&site=LUX"
    )
    desk.take("operator-calculator", 880)


def main() -> None:
    """Take all pictures, or those of the named guides."""
    guides = {one.__name__: one for one in (officer, panel, owner, auditor, operator)}
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("address", help="where the product runs, such as http://127.0.0.1:8000")
    asked.add_argument("guide", nargs="*", help=", ".join(guides))
    given = asked.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for name in given.guide or guides:
            guides[name](lambda who: Desk(browser, given.address, who))
        browser.close()


if __name__ == "__main__":
    main()
