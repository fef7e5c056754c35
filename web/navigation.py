"""Where a person can go: the entries of the menu by role, and names of people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app, g

from api.house import acting, house
from engine import clock
from engine.access import Actor
from engine.store import users
from web.language import _


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the menu."""

    #: the first part of the address, which marks the entry as the current one
    path: str
    title: str
    #: the first parts of further addresses that belong to it
    parts: tuple[str, ...] = ()

    def holds(self, address: str) -> bool:
        """Say whether an address belongs to this entry."""
        return f"{address}/".startswith(tuple(f"{one}/" for one in (self.path, *self.parts)))


def install(app: Flask) -> None:
    """Give every page its menu, the names of people and the present instant."""
    app.jinja_env.globals.update(menu=menu, person=person, may=may, actor=actor, now=clock.now)


def actor() -> Actor | None:
    """Return who is signed in."""
    found: Actor | None = g.get("actor")
    return found


def may(verb: str) -> bool:
    """Say whether who is signed in may use the verb, also as a deputy."""
    who = actor()
    if who is None:
        return False
    policy = house().shell.policy
    return any(policy.allows(roles, verb) for roles in (who.roles, *who.principals.values()))


def _is(role: str) -> bool:
    """Say whether who is signed in has the role, also as a deputy."""
    who = actor()
    return who is not None and any(role in some for some in (who.roles, *who.principals.values()))


def is_panel_member() -> bool:
    """Say whether who is signed in sits in panels."""
    return _is("panel_member")


def menu() -> list[Entry]:
    """Return the entries that lead somewhere for this person."""
    is_member = is_panel_member()
    wanted = (
        ("/work", _("My work"), True),
        ("/panel", _("Panel"), is_member),
        ("/calls", _("Calls"), may("call:read")),
        ("/intake", _("Intake"), may("mail:sort")),
        ("/cases", _("Cases"), True),
        ("/register", _("Register"), may("candidate:search")),
        ("/studio", _("Studio"), may("definition:check")),
        ("/history", _("History"), may("history:search")),
        ("/administration", _("Administration"), may("user:list")),
    )
    # whoever reads a deliberation without being of a panel comes from its case
    parts = {
        "/work": ("/tasks",),
        "/panel" if is_member else "/cases": ("/scores", "/deliberation"),
    }
    return [
        Entry(path=path, title=title, parts=parts.get(path, ()))
        for path, title, is_open in wanted
        if is_open
    ]


def home() -> str:
    """Return the address of the page on which the day begins."""
    who = actor()
    roles = frozenset().union(who.roles, *who.principals.values()) if who else frozenset()
    return "/panel" if roles == {"panel_member"} else "/work"


def person(name: str | None) -> str:
    """Return a person's full name by the name used for signing in."""
    if not name:
        return ""
    if name == "engine":
        return _("Cursus")
    return _names(name).get(name, name)


#: For how long names are kept; one that is not known yet is looked up at once.
_KEPT = timedelta(minutes=1)


def _names(wanted: str) -> Mapping[str, str]:
    """Return all names, read once a minute and not for every page."""
    kept = current_app.extensions.get("cursus.names")
    is_known = kept is not None and (wanted in kept[1] or "people" in g)
    if kept is None or clock.now() - kept[0] > _KEPT or not is_known:
        # at most once in a request, however many names are foreign
        g.people = True
        with acting() as act:
            found = {row["name"]: row["full_name"] for row in users.every(act.uow)}
        kept = current_app.extensions["cursus.names"] = (clock.now(), found)
    names: Mapping[str, str] = kept[1]
    return names
