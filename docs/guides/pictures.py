"""Takes the pictures of the guides from a running product with the demonstration in it.

Run it from the root of the project: `python docs/guides/pictures.py http://127.0.0.1:8000`.
It finds its cases, calls and tasks by itself. The draft that it begins for the pictures of the
studio is put away at the end; readings of files are recorded, as always.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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

    def first(self, path: str, links: str) -> str:
        """Return the address of the first such link on a page."""
        self.go(path)
        found = self.page.locator(f"main {links}").first.get_attribute("href")
        if not found:
            raise SystemExit(f"{path} has no {links}: is the demonstration loaded?")
        return found

    def take(self, name: str, height: int = HEIGHT, *, top: int = 0, width: int = WIDTH) -> None:
        """Keep a part of the page as a picture."""
        self.page.wait_for_load_state("networkidle")
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
    desk.take("officer-task", 1010)
    call = desk.first("/calls", "table a[href^='/calls/']")
    desk.go(call)
    for number in range(2):
        desk.page.locator("main ol input[type=checkbox]").nth(number).check()
    desk.take("officer-board", 660)
    desk.go(f"{call}/register")
    desk.take("officer-register", 1140, width=940)
    desk.go(desk.first("/administration/timers", "table a[href^='/cases/']"))
    desk.take("officer-case", 830)


def owner(sit: Callable[[str], Desk]) -> None:
    """Take the pictures of a process owner's change, from the draft to the second person."""
    desk = sit("olga")
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
        desk.go(draft)
        desk.page.fill("#propose-comment", "Three working days were too few in the last two calls.")
        desk.page.click("#propose button[type=submit]")
        second = sit("otto")
        second.go(draft)
        second.take("owner-decision", 560)


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
    case = desk.first("/administration/timers", "table a[href^='/cases/']")
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
    guides = {one.__name__: one for one in (officer, owner, auditor, operator)}
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
