"""A running product and Debian's Chromium; one signed-in browser context for each person."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from cursus import service
from cursus.demo.people import PASSWORD
from tests.browser.screens import Desk

ROOT = Path(__file__).parents[2]
#: What `apt-get install chromium` gives.
CHROMIUM = Path(os.environ.get("CURSUS_CHROMIUM", "/usr/bin/chromium"))
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sample}`));
"""
_WAIT = threading.Event()


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock of the tests alone: the product and the browser have theirs."""


class Product:
    """Web server and worker on a data folder of their own; the clock goes ahead on demand."""

    def __init__(self, folder, *, play, at):
        self.folder = Path(folder)
        self.clock = self.folder / "ahead"
        ahead = at - self._real() if at else timedelta()
        self.clock.write_text(str(ahead.total_seconds()))
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "log"
        self.processes = []
        self.play = play

    def start(self):
        """Fill the folder, start both processes, wait for the first page."""
        filled = self._run("-m", "tests.browser.product", "prepare", *["--play"] * self.play)
        assert filled.wait() == 0, self.log.read_text()
        self.processes = [
            self._run(
                "-m", "gunicorn", "tests.browser.product:application()",
                "--bind", f"127.0.0.1:{self.port}",
                "--workers", "2", *service.GUNICORN,
            ),
            self._run("-m", "tests.browser.product", "work"),
        ]  # fmt: skip
        assert self._answers(within=60), self.log.read_text()

    def stop(self):
        """Stop both processes."""
        for one in self.processes:
            one.terminate()
        for one in self.processes:
            one.wait(30)

    def now(self):
        """Return the instant that the product believes in."""
        return self._real() + timedelta(seconds=float(self.clock.read_text()))

    def go_to(self, instant):
        """Move the product's clock on."""
        beside = self.clock.with_suffix(".new")
        beside.write_text(str((instant - self._real()).total_seconds()))
        # whoever reads sees the old or the new number, never half of one
        beside.replace(self.clock)

    @staticmethod
    def _real():
        return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251  # the clock of the machine

    def _run(self, *arguments):
        settings = {
            "CURSUS_DATA": str(self.folder / "data"),
            "CURSUS_PORT": str(self.port),
            "CURSUS_TEST_CLOCK": str(self.clock),
        }
        with self.log.open("ab") as said:
            return subprocess.Popen(  # noqa: S603  # ourselves
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=said,
                stderr=said,
            )

    def _answers(self, *, within):
        until = time.monotonic() + within
        while time.monotonic() < until and not any(one.poll() for one in self.processes):
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/")
                if connection.getresponse().status == 200:
                    return True
            except (OSError, HTTPException):
                _WAIT.wait(0.1)
            finally:
                connection.close()
        return False


@contextmanager
def running(*, play, at=None):
    """Run a product in a folder that goes away afterwards."""
    # not pytest's folder: another run closes that to the user whom the server runs as
    folder = tempfile.mkdtemp(prefix="cursus-browser-")
    Path(folder).chmod(0o755)
    product = Product(folder, play=play, at=at)
    try:
        product.start()
        yield product
    finally:
        product.stop()
        shutil.rmtree(folder, ignore_errors=True)


def pytest_runtest_setup():
    """Without a browser these tests are skipped, in one line, unless they are demanded."""
    if CHROMIUM.exists():
        return
    if os.environ.get("CURSUS_BROWSER_REQUIRED"):
        pytest.fail(f"there is no browser at {CHROMIUM}, and CURSUS_BROWSER_REQUIRED is set")
    pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium")


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def product(chromium):
    """The product with a small demonstration, shared by the tests of a session."""
    with running(play=True) as product:
        yield product


class People:
    """Who sits at a browser: one context each, signed in once; what goes wrong is kept."""

    def __init__(self, browser, product):
        self.browser, self.product = browser, product
        self.contexts = {}
        self.faults = []

    def at(self, name, **viewport):
        """Return a new page of a signed-in person; "nobody" is a person who has not signed in."""
        if name not in self.contexts:
            self.contexts[name] = self._context(name)
        page = self.contexts[name].new_page()
        if viewport:
            page.set_viewport_size(viewport)
        return page

    def forget(self, name):
        """Close the browser of a person: the next page signs in anew."""
        if name in self.contexts:
            self.contexts.pop(name).close()

    def close(self):
        """Close all browsers."""
        for name in list(self.contexts):
            self.forget(name)

    def _context(self, name):
        context = self.browser.new_context(
            base_url=self.product.address,
            viewport={"width": 1440, "height": 900},
            locale="en-GB",
            timezone_id="Europe/Brussels",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        context.add_init_script(WATCH)
        context.on("console", self._hear)
        context.on("weberror", lambda one: self._note(one.page, f"error: {one.error}"))
        context.on("request", self._follow)
        if name != "nobody":
            sign_in(context.new_page(), name).close()
        return context

    def _hear(self, message):
        # a refused page is a page too: the browser writes its status down as an error
        is_status = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not is_status:
            self._note(message.page, f"{message.type}: {message.text}")

    def _follow(self, request):
        if not request.url.startswith((self.product.address, "data:", "blob:")):
            self._note(None, f"asks another host: {request.url}")

    def _note(self, page, what):
        where = page.url.removeprefix(self.product.address) if page else "?"
        self.faults.append(f"{where}: {what}")


def sign_in(page, name):
    """Sign in as a person of the demonstration would."""
    page.goto("/sign-in?next=/work")
    give_password(page, name)
    return page


def give_password(page, name):
    """Fill the page to sign in; it leads to where the person wanted to go."""
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


@pytest.fixture(scope="session")
def everybody(chromium, product):
    """The people at their browsers, for a session."""
    people = People(chromium, product)
    yield people
    people.close()


@pytest.fixture
def people(everybody):
    """The people at their browsers; fails on a broken policy, a page error, a foreign host."""
    everybody.faults.clear()
    yield everybody
    for context in everybody.contexts.values():
        for page in context.pages:
            page.close()
    assert everybody.faults == []


@pytest.fixture(scope="module")
def desk(product):
    """A call of the module's own in the shared product."""
    desk = Desk(product)
    yield desk
    desk.close()
