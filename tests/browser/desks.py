"""Does a step on the page that is made for it, as a person does who finds the candidate good."""

REASON = "Sound answers throughout, with an example for each."


def assess(page):
    """Judge every criterion at the screening desk and propose to shortlist."""
    page.locator("html[data-screening=ready]").wait_for()
    for place in range(page.locator("[data-criterion]").count()):
        page.locator(f"#finding-{place}").check()
        page.locator(f"#points-{place}").fill("4")
        page.locator(f"#evidence-{place}").fill("Page 1 shows it.")
        page.locator(f"#code-{place}").select_option("M1")
    _decide(page)


def review(page):
    """Agree with the first assessment, or settle it."""
    page.locator("html[data-screening=ready]").wait_for()
    _decide(page)


def _decide(page):
    page.locator("#decision").check()
    page.locator("#reason").fill(REASON)
    page.get_by_role("button", name="Submit my review").click()
    page.locator("#said").wait_for()


def score(page):
    """Fill one's sheet, read the sums and submit it."""
    page.locator("html[data-scores=ready]").wait_for()
    for line in range(page.locator("[data-line]").count()):
        page.locator(f"#points-{line}-4").check()
        page.locator(f"#evidence-{line}").fill("Gave an example.")
    page.get_by_role("button", name="Submit scores…").click()
    page.get_by_role("button", name="Submit scores (final)").click()
    page.locator("#said").wait_for()


def agree(page):
    """Write down what the panel agrees, read the minutes and sign them."""
    page.locator("html[data-deliberation=ready]").wait_for()
    page.locator("#suitable-yes").check()
    page.locator("#reason").fill(REASON)
    page.get_by_role("button", name="Draw up the minutes…").click()
    page.locator('button[value="sign"]').click()
    page.locator("#said").wait_for()


def freeze(page):
    """Sign the merit list."""
    page.locator("html[data-ready]").wait_for()
    page.get_by_role("button", name="Sign and freeze", exact=True).click()
    page.locator("#said").wait_for()


DESKS = {
    "shortlist_candidate": assess,
    "review_shortlist": review,
    "settle_shortlist": review,
    "score_candidate": score,
    "record_consensus": agree,
    "confirm_ranking": freeze,
}
