"""The rehearsals of whoever looks: what is rehearsed, how far, and where it goes on."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine import rehearsals
from engine.cases import Act
from engine.store import definitions as versions
from engine.store import drafts
from engine.store.rehearsals import Rehearsal
from web.language import _, words


@dataclass(frozen=True, kw_only=True)
class Own:
    """One rehearsal of the person who looks."""

    rehearsal: Rehearsal
    process: str
    #: the draft or version that is rehearsed, and its page
    of: str
    home: str


def own(act: Act) -> Iterator[Own]:
    """Yield what the actor rehearses, last changed first."""
    for one in rehearsals.mine(act):
        of, home = _source(act, one)
        yield Own(rehearsal=one, process=words(one.process), of=of, home=home)


def _source(act: Act, one: Rehearsal) -> tuple[str, str]:
    if one.draft_id is not None:
        draft = drafts.get(act.uow, one.draft_id)
        return draft.title if draft else _("Draft"), f"/studio/drafts/{one.draft_id}"
    row = versions.get(act.uow, one.digest or "")
    home = f"/studio/versions/{one.digest}"
    if row is None:
        return _("Version"), home
    return _("%(name)s, version %(number)s", name=row["name"], number=row["version"]), home
