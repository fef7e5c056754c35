"""A small office on a real database: people, a shell with operations, and the verbs in short."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import psycopg
from marshmallow import Schema, fields
from sqlalchemy import text

import web
from api import identity
from api.app import create_app
from api.directory import StoredDirectory
from api.house import House
from cursus import wiring
from engine import cases, clock, definitions, people, watching, worker, worklist
from engine.access import Actor
from engine.cases import Act, Opening, Shell
from engine.operations import Operation, catalogue
from engine.store import begin, events

HERE = Path(__file__).parent
#: Applications by whether they have pages.
_APPLICATIONS = {}


@contextmanager
def watched(look):
    """Call `look` with each statement before it is sent, by SQLAlchemy or prepared."""
    execute = psycopg.Cursor.execute

    def looking(cursor, statement, *more, **options):
        look(statement)
        return execute(cursor, statement, *more, **options)

    with patch.object(psycopg.Cursor, "execute", looking):
        yield


REVIEW = {
    name: (HERE / "engine" / "cases" / name).read_bytes()
    for name in ("review.bpmn", "write_report.form", "sign_report.form")
}
DUE = "2026-02-01T00:00:00+01:00"
REPORT = {"grade": 3, "text": "Good work."}
KEY = bytes(range(32))

PEOPLE = {
    "hanna": ["hr_officer"],
    "lara": ["line_manager"],
    "luc": ["line_manager"],
    "carla": ["contracting_authority"],
    "petra": ["panel_member"],
    "maria": ["medical_service"],
    "olga": ["process_owner"],
    "aldo": ["auditor"],
    "otto": ["operator"],
}


class MailIn(Schema):
    grade = fields.Integer(required=True)


class MailOut(Schema):
    message_id = fields.String(required=True)


@dataclass
class Mailbox:
    """The operation `mail.send`: keeps what was sent, fails when told to."""

    sent: list = field(default_factory=list)
    fails_with: Exception | None = None

    def send(self, context, given):
        if self.fails_with is not None:
            raise self.fails_with
        self.sent.append((context.case_id, given["grade"]))
        return {"message_id": f"m{given['grade']}"}


class Office:
    """What the tests do in one line, each in a transaction of its own."""

    def __init__(self, database):
        self.database = database
        self.mailbox = Mailbox()
        send = Operation(
            name="mail.send", title="Send", input=MailIn, output=MailOut, run=self.mailbox.send
        )
        house = wiring.shell()
        self.shell = Shell(policy=house.policy, operations=catalogue(send), roles=house.roles)

    def begin(self):
        return begin(self.database, now=clock.now())

    def actor(self, name):
        user = StoredDirectory(self.database).find_user(name)
        return Actor(name=name, roles=user.roles, principals=user.principals)

    @contextmanager
    def act(self, name):
        actor = self.actor(name)
        with self.begin() as uow:
            yield Act(uow=uow, shell=self.shell, actor=actor)

    def hire(self, everybody=None):
        console = Actor(name="console", roles=frozenset({"operator"}))
        with self.begin() as uow:
            for name, roles in (everybody or PEOPLE).items():
                person = {"name": name, "full_name": name.title(), "roles": roles}
                person["email"] = f"{name}@example.org"
                people.add(uow, console, person, known=self.shell.roles)

    def publish(self, process="review", files=None):
        with self.begin() as uow:
            return definitions.publish(
                uow,
                self.actor("olga"),
                process,
                files or REVIEW,
                comment="for a test",
                catalogue=self.shell.for_gate(),
                policy=self.shell.policy,
            )

    def open(self, process="review", variables=None, **more):
        opening = Opening(**{"id": uuid4(), "process": process, "title": "Review of X", **more})
        with self.act("hanna") as act:
            return cases.open_case(act, opening, variables or {"due": DUE}).id

    def case(self, case_id):
        with self.begin() as uow:
            return cases.get(uow, case_id)

    def task(self, case_id):
        with self.begin() as uow:
            (task,) = worklist.of_case(uow, case_id)
        return task

    def do(self, name, verb, *args, **kwargs):
        with self.act(name) as act:
            return verb(act, *args, **kwargs)

    def complete(self, name, case_id, variables=None, **more):
        return self.do(name, cases.complete_task, self.task(case_id).id, variables or {}, **more)

    def work(self):
        return worker.run_due(self.database, self.shell)

    def history(self, case_id):
        with self.begin() as uow:
            return events.of_stream(uow, f"case:{case_id}")

    def kinds(self, case_id):
        return [str(one.fields.kind) for one in self.history(case_id)]

    def sent_back_to_the_end(self, case_id):
        """Bring a fresh review to its good end."""
        self.complete("lara", case_id, REPORT)
        self.complete("luc", case_id)
        self.work()
        assert self.case(case_id).ended_element == "report_sent"
        return case_id


class Front:
    """The web application over an office; `front.as_("hanna")` is a signed-in client."""

    def __init__(self, office, *, with_pages=False):
        self.office = office
        house = House(database=office.database, shell=office.shell, signing_key=KEY, shipped=None)
        self.app = _application(house, with_pages)
        self.tokens = {}

    def as_(self, name):
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token(name)}"
        return client

    def token(self, name):
        if name not in self.tokens:
            token, digest = identity.new_token()
            self.office.do(
                name, people.issue_token, digest=digest, label="test", expires_at=None, roles=None
            )
            self.tokens[name] = token
        return self.tokens[name]

    def anonymous(self):
        return self.app.test_client()


def _application(house, with_pages):
    """Return the application on the house: one serves all tests, to build it takes so long."""
    if with_pages not in _APPLICATIONS:
        app = _APPLICATIONS[with_pages] = create_app(house)
        if with_pages:
            web.install(app)
    app = _APPLICATIONS[with_pages]
    app.extensions["cursus.house"] = house
    app.extensions["cursus.directory"] = StoredDirectory(house.database)
    app.extensions["cursus.watch"] = watching.watch(house.database)
    app.extensions.pop("cursus.names", None)
    return app


def row_counts(database):
    """Return how many rows every table has."""
    names = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    with database.engine.connect() as connection:
        tables = connection.execute(names).scalars().all()
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar()  # noqa: S608  # names of the catalogue
            for name in tables
        }
