"""The intake queue in the browser: sort with the keyboard, nothing to sort, an unreadable mail."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.mailing import letter, paper


@pytest.fixture(scope="module")
def call(product, everybody):
    """A call of these tests alone, open for ten days."""
    deadline = (product.now() + timedelta(days=10)).replace(microsecond=0)
    content = {
        "id": "intake-in-the-browser",
        "reference": "EC/2026/INTAKE/000001",
        "title": "Officer who sorts mail",
        "deadline": deadline.isoformat(),
        "site": "BRU",
        "function_group": "IV",
    }
    answer = everybody.at("hanna").request.post(
        "/api/v1/calls/", data=content, headers={"Origin": product.address}
    )
    assert answer.ok, answer.text()
    return content


def hand_in(people, product, raw):
    """Hand a mail in as an officer does; return its page."""
    page = people.at("hanna")
    page.goto("/intake")
    page.get_by_text("Hand in a mail as a file").click()
    file = {"name": "mail.eml", "mimeType": "message/rfc822", "buffer": raw}
    page.get_by_label("The mail, saved as .eml").set_input_files(file)
    instant = (product.now() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    page.get_by_label("Received at the mailbox").fill(instant)
    page.get_by_role("button", name="Take it in").click()
    page.wait_for_url("**/intake/*said=mail-*")
    return page


def mail(call, number, *, product, content=None, **more):
    at = product.now() - timedelta(hours=2)
    files = (("CV.pdf", content or paper(f"Person {number}")),)
    changes = {"subject": f"{call['reference']} application {number}", "files": files, **more}
    message = letter(
        sender=f"Person {number} <person{number}@sorting.example>",
        message_id=f"<{number}.intake@sorting.example>",
        at=at,
        **changes,
    )
    message.replace_header("Date", format_datetime(at))
    return message.as_bytes()


def test_a_call_without_mail_says_so(people, call):
    page = people.at("hanna")
    page.goto(f"/calls/{call['id']}/intake")
    page.get_by_text("nothing to sort").or_(page.get_by_text("Nothing to sort")).wait_for()


def test_a_mail_is_found_read_and_accepted_with_the_keyboard(people, call, product):
    for number in (1, 2):
        hand_in(people, product, mail(call, number, product=product))
    page = people.at("hanna")
    page.goto(f"/calls/{call['id']}/intake")
    page.locator("html[data-intake=ready]").wait_for()
    page.keyboard.press("j")
    first = page.evaluate("() => document.activeElement.textContent")
    page.keyboard.press("j")
    assert page.evaluate("() => document.activeElement.textContent") != first
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/calls/" not in address)
    _go_on_and_back(page)
    page.locator("#decide").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**said=mail-registered")
    assert "Registered" in page.locator("#said").inner_text()
    page.get_by_role("link", name="Look at the mail just sorted").click()
    page.get_by_role("link", name="Open the case").wait_for()


def _go_on_and_back(page):
    page.locator("html[data-intake=ready]").wait_for()
    page.wait_for_function("() => document.querySelector('.paper img').naturalWidth > 0")
    here = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda address: address != here)
    page.locator("html[data-intake=ready]").wait_for()
    page.keyboard.press("k")
    page.wait_for_url(here)


def test_why_nobody_can_be_asked_is_said_and_a_decision_is_taken_back(people, call, product):
    raw = mail(call, 3, product=product, content=b"MZ no paper")
    page = hand_in(people, product, raw)
    address = page.url.partition("?")[0]
    page.get_by_text("it looks like: Windows program").wait_for()
    # the call of this test is a draft: nothing that is sent again could arrive in time
    page.locator("#resend summary").click()
    page.locator("#resend").get_by_text("The call is not open").wait_for()
    page.get_by_text("Not an application").click()
    page.get_by_label("Reason").fill("A program, not a paper")
    page.get_by_role("button", name="Put it aside").click()
    page.wait_for_url("**said=mail-aside*")
    page.goto(address)
    page.get_by_role("button", name="Back into the queue").click()
    page.wait_for_url("**said=mail-back")
    page.locator("#decide").wait_for()


def test_what_cannot_be_read_says_why_and_keeps_what_was_typed(people, call, product):
    raw = mail(call, 4, product=product)
    for _ in range(40):
        raw = b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" + raw
    page = hand_in(people, product, raw)
    page.get_by_text("This mail cannot be read").wait_for()
    page.get_by_role("link", name="Download the mail as it came").wait_for()
    page.get_by_text("Not an application").click()
    page.get_by_role("button", name="Put it aside").click()
    page.locator("#faults").wait_for()
    assert page.evaluate("() => document.activeElement.id") == "faults"
    page.get_by_label("Reason").fill("A test")
    page.get_by_role("button", name="Put it aside").click()
    page.wait_for_url("**said=mail-aside*")
