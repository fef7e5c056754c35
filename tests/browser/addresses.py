"""Every address of the pages, read from the routes, with ids of things that are really there."""

from itertools import product as every_way

from cursus import wiring
from cursus.config import Config

#: Not pages: a stream that never ends.
STREAMS = frozenset({"pages_live.live"})


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
        return list(chosen.values())[:6]

    def task_id(self):
        """An open task of each kind of people, and one that is done."""
        found = []
        for name in ("hanna", "luisa", "carla", "maria"):
            mine = self._ask(self.people.at(name).request, "tasks/mine?limit=50")
            chosen = {one["element"]: one["id"] for one in mine}
            found += list(chosen.values())[:2]
        return found

    def key(self):
        """The calls."""
        return [one["id"] for one in self._ask(self.officer, "calls/")]

    call_id = call_key = call = key

    def digest(self):
        """Two versions of definitions."""
        return [one["digest"] for one in self._ask(self.auditor, "definitions/")[:2]]

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
        """Columns of a board."""
        return ["register_application", "check_format"]

    def calls_application(self):
        """Applications of the calls: one of each."""
        found = [self._ask(self.officer, f"calls/{one}/applications") for one in self.key()]
        return [one[0]["id"] for one in found if one]

    def studio_old(self):
        """A version to compare."""
        return self.digest()[:1]

    def studio_new(self):
        """A version to compare it with."""
        return self.digest()[1:]

    def studio_name(self):
        """A file of a version or of a draft."""
        return ["recruitment_case.bpmn", "cast_gate.dmn", "check_format.form"]

    def studio_draft_id(self):
        """A draft of a process that its owner has begun."""
        page = self.people.at("olga")
        page.goto("/studio/recruitment_case")
        page.locator("#draft-title").fill("A shorter hearing")
        page.get_by_role("button", name="Begin a draft").click()
        page.wait_for_url("**/studio/drafts/*")
        return [page.url.partition("?")[0].rpartition("/")[2]]

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
            address = _filled(rule, dict(zip(arguments, way, strict=True)))
            found.append((endpoint, address))
    return found, unknown


def _filled(rule, given):
    parts = []
    for part in rule.split("/"):
        name = part.strip("<>").rpartition(":")[2]
        parts.append(given[name] if part.startswith("<") else part)
    return "/".join(parts)
