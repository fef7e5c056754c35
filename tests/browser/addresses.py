"""Every address of the pages, read from the routes, with ids of things that are really there."""

import html
import json
import re
import threading
import time
from datetime import timedelta
from itertools import product as every_way

from cursus import wiring
from cursus.config import Config
from recruitment.cast.file import COLUMNS

_WAIT = threading.Event()
#: The call whose candidates are at the screening desk or wait for a date.
SCREENED = "demonstration-screening"
CALLS = ("digit-b1-456893", "demonstration-interviews", SCREENED, "demonstration-today")
#: Not pages: a stream that never ends.
STREAMS = frozenset({"pages_live.live"})
#: What else a page shows when its address asks for it; `{case}` and `{task}` are ids.
QUERIES = {
    "pages_administration.calculator": [
        "function=legal_limit&start=2026-01-05&length=3&unit=months&site=BRU",
        "function=legal_limit&start=2026-01-05&length=3&unit=moons&site=BRU",
    ],
    "pages_administration.calendar_year": ["year=2025"],
    "pages_administration.deputy_list": ["when=future", "when=past"],
    "pages_administration.effect_list": ["state=done", "element=nothing"],
    "pages_administration.incident_list": ["state=resolved", "element=nothing"],
    "pages_administration.parameters": ["q=pay", "q=nothing%20like%20it"],
    "pages_administration.timer_list": ["span=later", "element=nothing"],
    "pages_administration.user_list": ["q=hanna", "q=nothing%20like%20it", "role=hr_officer"],
    "pages_calls.board": ["name=nothing%20like%20it", "late=yes"],
    "pages_calls.heat": ["process=expression_of_interest", "process=nothing"],
    "pages_calls.grid": ["show=all", "show=reviewed", "show=disagreements&sort=-received_at"],
    "pages_calls.intake_of_call": ["state=all", "words=nothing%20like%20it", "time=late"],
    "pages_calls.intake_of_none": ["state=not_application"],
    "pages_calls.table": ["name=nothing%20like%20it", "late=yes", "sort=-name"],
    "pages_cases.every": ["key=nothing%20like%20it", "state=ended", "process=recruitment_case"],
    "pages_cases.show": [
        "tab=diagram",
        "tab=timeline",
        "tab=papers",
        "tab=comments",
        "tab=data",
        "tab=as-of",
    ],
    "pages_finder.find": ["q=a", "q=nothing%20like%20it"],
    "pages_history.one_event": ["stream=case:{case}&seq=1"],
    "pages_history.reads": ["who=anton", "who=nobody"],
    "pages_history.sample": ["size=5&seed=spring&before=2026-01-05T10:00:00%2B00:00"],
    "pages_history.search": ["element=nothing", "sort=at", "who=hanna"],
    "pages_register.find": [
        "profile=ICT&group=IV&language_1=FR&level_1=C1&sort=-result_date",
        "profile=Law&group=IV&language_1=FR&level_1=C1&experience=26",
        "text=nothing%20like%20it&experience=x",
    ],
    "pages_register.count": ["profile=ICT&experience=60"],
    "pages_studio.compare": [
        "file=recruitment_case.bpmn",
        "file=cast_gate.dmn",
        "file=check_format.form",
    ],
    "pages_work.ask_when": ["task={task}"],
    "pages_work.ask_whom": ["task={task}"],
    "pages_work.mine": ["span=late", "span=aside", "element=nothing", "whose=mine"],
    "pages_studio.draft_scenarios": ["process=renewal_cycle"],
    "pages_studio.new_rehearsal": [
        "draft={draft}",
        "version={version}&process=probation_review",
    ],
    "pages_studio.rehearsal": ["message=legal_hold"],
    "pages_studio.version": ["process=expression_of_interest"],
    "pages_work.together": ["task={task}"],
}
#: What the walk's draft says otherwise than the version in force.
CHANGES = {
    "recruitment_case.bpmn": ('isExecutable="true"', 'isExecutable="true" '),
    "cast_gate.dmn": ("CAST gate", "CAST door"),
    "check_format.form": ('"label": "', '"label": "New: '),
}


def rules(product):
    """Return endpoint, address and argument names of everything that answers GET."""
    settings = Config(data=product.folder / "data", host="", port=0, workers=1)
    database = wiring.database(settings)
    app = wiring.application(settings, database)
    database.engine.dispose()
    return sorted(
        (str(rule.endpoint), str(rule), sorted(rule.arguments))
        for rule in app.url_map.iter_rules()
        if str(rule.endpoint).startswith("pages_")
        and "GET" in (rule.methods or ())
        and rule.endpoint not in STREAMS
    )


class Ids:
    """Gives ids by the name that a route's argument has; asks the API as people who may see all."""

    def __init__(self, people):
        self.auditor = people.at("anton").request
        self.officer = people.at("hanna").request
        self.people = people
        self.kept = {}
        self.rules = rules(people.product)
        #: application, or a task on it -> its call
        self.calls = {}

    def prepare(self):
        """Bring about what the demonstration has not: an invitation, and signed minutes."""
        self._invite_one()
        self._sign_one()

    def _invite_one(self):
        """Give the candidates slots and invite one of them."""
        root = f"/calls/{SCREENED}/interviews"
        first = self.people.product.now().date() + timedelta(days=20)
        frame = {
            "first_day": first.isoformat(), "last_day": (first + timedelta(days=6)).isoformat(),
            "rooms": "Room 3", "opens": "09:00", "closes": "12:00", "length": "45", "pause": "15",
        }  # fmt: skip
        self._post(self.officer, f"{root}/propose", frame)
        boxes = re.findall(r'name="task" value="([^"]+:\d+:\d+)"', self.officer.get(root).text())
        self._post(self.officer, f"{root}/send", {"task": boxes[0], "confirm": "yes"})
        until = time.monotonic() + 30
        while root not in self._movable(root) and time.monotonic() < until:
            _WAIT.wait(0.2)

    def _movable(self, root):
        return " ".join(re.findall(r'href="([^"]+)/move"', self.officer.get(root).text()))

    def _sign_one(self):
        """Let the chair sign the minutes of the first deliberation."""
        chair = self.people.at("pavel").request
        waiting = chair.get("/panel").text().partition('id="done-title"')[0]
        address = re.search(r'href="(/deliberation/[^"]+)"', waiting)[1]
        page = chair.get(address).text()
        agreed = {
            "revision": re.search(r'name="revision" value="(\d+)"', page)[1],
            "score": re.search(r'name="score"[^>]* value="([^"]+)"', page)[1],
            "suitable": "yes", "reason": "Sound answers throughout.", "step": "sign",
        }  # fmt: skip
        self._post(chair, address, agreed)

    def _post(self, request, address, form):
        answer = request.post(address, form=form, headers={"Origin": self.people.product.address})
        assert answer.ok, f"{address}: {answer.status} {answer.text()}"

    def of(self, endpoint, argument):
        """Return ids for an argument of a page; empty when nobody has said where they come from."""
        room = endpoint.removeprefix("pages_").partition(".")[0]
        maker = getattr(self, f"{room}_{argument}", None) or getattr(self, argument, None)
        if maker is None:
            return []
        if maker not in self.kept:
            self.kept[maker] = [str(one) for one in maker()]
        return self.kept[maker]

    def case_id(self):
        """A call, a running and an ended application, a case of an employed agent."""
        found = self._ask(self.auditor, "cases/?limit=200")
        chosen = {}
        for one in found:
            chosen.setdefault((one["process"], one["outcome"]), one["id"])
        return [*list(chosen.values())[:5], found[-1]["id"]]

    def task_id(self):
        """An open task of each kind of people, and one that is done."""
        found = []
        for name in ("hanna", "luisa", "carla", "maria"):
            mine = self._ask(self.people.at(name).request, "tasks/mine?limit=50")
            chosen = {one["element"]: one["id"] for one in mine}
            found += list(chosen.values())[:2]
        return found

    def key(self):
        """Calls that differ: of years ago, at the interviews, at screening, of yesterday."""
        return list(CALLS)

    call_id = call_key = call = key

    def digest(self):
        """A version of recruitment, and one of a call."""
        found = {one["process"]: one["digest"] for one in self._ask(self.auditor, "definitions/")}
        return [found["recruitment_case"], found["call_for_interest"]]

    def process(self):
        """A process with tasks of several roles, and one that calls others."""
        return ["recruitment_case", "call_for_interest"]

    def instant(self):
        """An instant in the middle of the demonstration."""
        return ["2025-09-01T10:00:00+00:00"]

    def administration_name(self):
        """A person."""
        return ["luisa"]

    def administration_timer_id(self):
        """A timer that runs."""
        return [one["id"] for one in self._ask(self.auditor, "timers/")[:1]]

    def calls_name(self):
        """The first column of each board."""
        boards = [self.officer.get(f"/calls/{one}").text() for one in self.key()]
        found = [re.search(r'data-column="([^"]+)"', board) for board in boards]
        return sorted({one.group(1) for one in found if one})

    def calls_task_id(self):
        """A task of the screening desk."""
        found = self._ask(self.people.at("luisa").request, "tasks/mine?element=shortlist_candidate")
        return self._of(SCREENED, found[:1])

    def cases_name(self):
        """A message that a running application waits for, and one that none does."""
        return ["legal_hold", "renewal_answered"]

    def calls_application(self):
        """Applications of the calls: one of each, and one whose interview can be moved."""
        kept = []
        for call in self.key():
            found = self._ask(self.officer, f"calls/{call}/applications")
            moved = self._movable(f"/calls/{call}/interviews")
            kept += self._of(call, found[:1])
            kept += self._of(call, [one for one in found if one["id"] in moved][:1])
        return list(dict.fromkeys(kept))

    def _of(self, call, rows):
        self.calls |= {str(one["id"]): call for one in rows}
        return [one["id"] for one in rows]

    def fits(self, given):
        """Say whether what an address names belongs together."""
        named = (given.get(one) for one in ("application", "task", "task_id"))
        calls = {self.calls[one] for one in named if one in self.calls}
        return "key" not in given or calls <= {given["key"]}

    def scores_task_id(self):
        """A sheet that is open, and one that was submitted."""
        return self._at_panel("pavel", "scores")

    def deliberation_task_id(self):
        """A deliberation that is open, and one whose minutes were signed."""
        return self._at_panel("pavel", "deliberation")

    def deliberation_page(self):
        """The first page, and one that is not there."""
        return ["1", "99"]

    def _at_panel(self, name, kind):
        desk = self.people.at(name).request.get("/panel").text()
        parts = desk.partition('id="done-title"')[::2]
        return [one for part in parts for one in re.findall(rf'href="/{kind}/([^"]+)"', part)[:1]]

    def calls_task(self):
        """A task that fixes the date of an interview, and one that does not."""
        wanted = self._ask(self.officer, "tasks/mine?limit=1&element=schedule_interview")
        other = self._ask(self.officer, "tasks/mine?limit=1&element=check_format")
        return [*self._of(SCREENED, wanted), *self._of("demonstration-today", other)]

    def papers_document(self):
        """The paper of an application."""
        papers = (
            self._ask(self.officer, f"applications/{one}/documents")
            for one in self.calls_application()
        )
        return [next(some for some in papers if some)[0]["id"]]

    def calls_sha256(self):
        """The mails that wait in the second call: in time, late, two papers, an automatic reply."""
        page = self.officer.get("/calls/demonstration-today/intake").text()
        return list(dict.fromkeys(re.findall(r'href="/intake/([0-9a-f]{64})"', page)))

    def calls_file(self):
        """The first file of a mail, and one that is not there."""
        return ["0", "9"]

    def papers_page(self):
        """The first page, and one that is not there."""
        return ["1", "99"]

    def register_upload(self):
        """A file with a refused row that waits to be confirmed."""
        text = f"{','.join(COLUMNS)}\nAna,bad\n"
        answer = self.officer.post(
            "/register/import",
            multipart={
                "taken_on": "2026-01-05",
                "file": {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()},
            },
            headers={"Origin": self.people.product.address},
        )
        assert answer.ok, answer.text()
        return [answer.url.rpartition("/")[2]]

    calls_page = papers_page

    def studio_old(self):
        """The version that the draft began with."""
        return self.digest()[:1]

    def studio_new(self):
        """The draft to compare it with."""
        return self.of("pages_studio", "draft_id")

    def studio_name(self):
        """A file of a version or of a draft."""
        return [
            "recruitment_case.bpmn",
            "cast_gate.dmn",
            "check_format.form",
            "recruitment_case.scenarios.yaml",
        ]

    def studio_rehearsal_id(self):
        """Rehearsals of its owner: begun, with an operation that waits, and at its end."""
        given = json.dumps({"application": {"id": "a-1"}, "candidate": {"id": "c-1"}})
        begun = {"process": "recruitment_case", "at": "2026-01-05T09:00", "variables": given}
        told = {"file": "recruitment_case.scenarios.yaml", "scenario": self._scenario()}
        version = {"version": self.of("pages_studio", "digest")[0]}
        draft = {"draft": self.of("pages_studio", "draft_id")[0]}
        return [
            self._rehearse({**draft, **begun}),
            self._rehearse({**version, **begun, "waits": "yes"}),
            self._rehearse({**version, **told}),
        ]

    def _scenario(self):
        digest = self.of("pages_studio", "digest")[0]
        name = "recruitment_case.scenarios.yaml"
        page = self.people.at("olga").request.get(f"/studio/versions/{digest}/files/{name}")
        return re.search(r"^- scenario: (.+)$", html.unescape(page.text()), re.MULTILINE).group(1)

    def _rehearse(self, form):
        request = self.people.at("olga").request
        origin = {"Origin": self.people.product.address}
        answer = request.post("/studio/rehearsals", form=form, headers=origin, max_redirects=0)
        assert answer.status == 303, answer.text()
        return re.search(r"[0-9a-f-]{36}", answer.headers["location"]).group()

    def studio_draft_id(self):
        """A draft of a process that its owner has begun and changed."""
        request = self.people.at("olga").request
        begun = request.post(
            "/api/v1/drafts/",
            data={"process": "recruitment_case", "title": "A shorter hearing"},
            headers={"Origin": self.people.product.address},
        )
        assert begun.ok, begun.text()
        draft = begun.json()["id"]
        for name, (old, new) in CHANGES.items():
            self._change(request, f"/api/v1/drafts/{draft}/files/{name}", old, new)
        self._tell_less(request, draft)
        return [draft]

    def _tell_less(self, request, draft):
        """Take scenarios away, and play the others: something is untried then."""
        origin = {"Origin": self.people.product.address}
        address = f"/api/v1/drafts/{draft}/files/renewal_cycle.scenarios.yaml"
        revision = {"If-Match": request.get(address).headers["etag"]}
        gone = request.delete(address, headers={**origin, **revision})
        assert gone.ok, gone.text()
        played = request.post(f"/studio/drafts/{draft}/scenarios", headers=origin, timeout=120_000)
        assert played.ok, played.text()

    def _change(self, request, address, old, new):
        found = request.get(address)
        assert old in found.text(), f"{address} does not say {old}"
        saved = request.put(
            address,
            data=found.text().replace(old, new, 1),
            headers={"Origin": self.people.product.address, "If-Match": found.headers["etag"]},
        )
        assert saved.ok, saved.text()

    def _ask(self, request, address):
        answer = request.get(f"/api/v1/{address}")
        assert answer.ok, f"{address}: {answer.status} {answer.text()}"
        return answer.json()


def addresses(ids):
    """Return every page as (endpoint, address), and the arguments that nobody gives ids for."""
    found, unknown = [], []
    for endpoint, rule, arguments in ids.rules:
        values = [ids.of(endpoint, one) for one in arguments]
        unknown += [
            f"{endpoint}: {rule}: no ids for {argument!r} in tests/browser/addresses.py"
            for argument, given in zip(arguments, values, strict=True)
            if not given
        ]
        for way in every_way(*values):
            given = dict(zip(arguments, way, strict=True))
            if not ids.fits(given):
                continue
            address = _filled(rule, given)
            found += [(endpoint, one) for one in (address, *_asked(ids, endpoint, address))]
    return found, unknown


def _asked(ids, endpoint, address):
    ways = QUERIES.get(endpoint, [])
    if not ways:
        return []
    wanted = {
        "case": ids.of("", "case_id"),
        "task": ids.of("", "task_id"),
        "draft": ids.of("pages_studio", "draft_id"),
        "version": ids.of("pages_studio", "digest"),
    }
    given = {name: next(iter(found), "none") for name, found in wanted.items()}
    return [f"{address}?{one.format(**given)}" for one in ways]


def _filled(rule, given):
    return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", lambda place: given[place[1]], rule)
