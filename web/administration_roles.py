"""Roles: the table of permissions in words, and who has each role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.access import authorize
from engine.store import users
from web.administration import pages
from web.language import _, words

#: How many people a role's card names before it only counts.
NAMED = 12


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing that a role may do."""

    name: str
    text: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The verbs about one kind of thing."""

    title: str
    verbs: Sequence[Verb]


@pages.get("/administration/roles")
def role_table() -> ResponseReturnValue:
    """Show what each role may do, and who has it."""
    with acting() as act:
        authorize(act.actor, "user:list", act.shell.policy)
        holders = {role: users.with_role(act.uow, role) for role in sorted(act.shell.roles)}
        permissions = act.shell.policy.permissions
    return render(
        "administration_roles.html",
        holders=holders,
        subjects=_subjects(permissions),
        named=NAMED,
    )


def _subjects(permissions: Mapping[str, frozenset[str]]) -> list[Subject]:
    found: dict[str, list[Verb]] = {}
    for name, roles in permissions.items():
        subject = name.partition(":")[0]
        found.setdefault(subject, []).append(Verb(name=name, text=_text(name), roles=roles))
    titles = _subject_titles()
    return [
        Subject(title=titles.get(subject) or words(subject), verbs=verbs)
        for subject, verbs in found.items()
    ]


def _text(verb: str) -> str:
    known = _texts()
    return known.get(verb) or words(verb.partition(":")[2].replace("-", "_"))


def _subject_titles() -> dict[str, str]:
    return {
        "case": _("Cases"),
        "deadline": _("Deadlines"),
        "task": _("Tasks"),
        "timer": _("Timers"),
        "incident": _("Incidents"),
        "definition": _("Processes"),
        "history": _("History"),
        "user": _("People"),
        "deputy": _("Deputies"),
        "call": _("Calls"),
        "application": _("Applications"),
        "mail": _("Mail"),
        "document": _("Documents"),
        "cast": _("Database of candidates"),
    }


def _texts() -> dict[str, str]:
    return {
        "case:open": _("Open a case"),
        "case:read": _("Read every case, not only those with a task of one's own"),
        "case:message": _("Enter a message that a case waits for"),
        "case:cancel": _("End a case before its time"),
        "case:correct": _("Correct what a case holds"),
        "case:suspend": _("Suspend a case and resume it"),
        "case:migrate": _("Move a running case to another version"),
        "case:comment": _("Write a comment on a case"),
        "deadline:extend": _("Move a running deadline"),
        "task:list": _("See everybody's tasks"),
        "task:assign": _("Assign a task to a person and change its due date"),
        "task:send-back": _("Send a case back to an earlier task"),
        "timer:list": _("See all running deadlines"),
        "incident:list": _("See incidents and waiting operations"),
        "incident:retry": _("Retry and annotate incidents, run an operation at once"),
        "definition:publish": _("Publish a version of a process"),
        "definition:check": _("Use the studio and check processes"),
        "history:search": _("Search the history of everything"),
        "history:verify": _("Verify the seal of the history"),
        "history:export": _("Take a case's history out of the house"),
        "history:checkpoint": _("Sign a checkpoint"),
        "user:list": _("See people, their roles and this administration"),
        "user:add": _("Add a person"),
        "user:change": _("Change roles, set passwords, close accounts"),
        "deputy:appoint": _("Appoint and end deputies for somebody else"),
        "call:create": _("Create a call"),
        "call:read": _("See calls and their counts"),
        "application:register": _("Register an application"),
        "mail:sort": _("Read and sort the mail that comes in"),
        "candidate:search": _("Search the register and keep long lists"),
        "deliberation:read": _("Read scores and the merit order once all are in"),
        "panel:remind": _("Remind panel members whose scores are missing"),
        "document:read": _("Read documents of applicants"),
        "cast:import": _("Import an extract of the database of candidates"),
    }
