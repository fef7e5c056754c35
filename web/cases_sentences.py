"""What an event of a case means, in one sentence."""

from web.cases_names import readable
from web.language import _


def says(kind: str, who: str, element: str, message: object = None) -> str:
    """Say in one sentence what an event means."""
    sentence = _sentences().get(kind)
    if sentence is None:
        return _("%(who)s: %(kind)s", who=who, kind=kind)
    return sentence % {
        "who": who,
        "element": element,
        "message": readable(str(message)) if message else element,
    }


def _sentences() -> dict[str, str]:
    return {
        "case:opened": _("%(who)s opened the case"),
        "case:sent-back": _("%(who)s sent “%(element)s” back"),
        "case:corrected": _("%(who)s corrected data"),
        "case:cancelled": _("%(who)s cancelled the case"),
        "case:suspended": _("%(who)s suspended the case"),
        "case:resumed": _("%(who)s resumed the case"),
        "case:migrated": _("%(who)s moved the case to another version"),
        "case:ended": _("The case ended: %(element)s"),
        "task:completed": _("%(who)s completed “%(element)s”"),
        "task:claimed": _("%(who)s claimed “%(element)s”"),
        "task:unclaimed": _("%(who)s gave “%(element)s” back"),
        "task:assigned": _("%(who)s assigned “%(element)s”"),
        "task:delegated": _("%(who)s handed “%(element)s” over"),
        "task:rescheduled": _("%(who)s changed the dates of “%(element)s”"),
        "timer:fired": _("The date came: %(element)s"),
        "deadline:extended": _("%(who)s moved the deadline “%(element)s”"),
        "message:received": _("A message arrived: %(message)s"),
        "effect:begun": _("Cursus began: %(element)s"),
        "effect:finished": _("Cursus did: %(element)s"),
        "effect:failed": _("Cursus could not do: %(element)s"),
        "effect:hastened": _("%(who)s had it done at once: %(element)s"),
        "incident:raised": _("An incident stopped “%(element)s”"),
        "incident:retried": _("%(who)s had “%(element)s” tried again"),
        "incident:annotated": _("%(who)s wrote a note on an incident"),
        "comment:written": _("%(who)s wrote a comment"),
        "reminder:sent": _("%(who)s reminded those whose “%(element)s” is missing"),
        "document:stored": _("%(who)s stored a document"),
        "record:changed": _("%(who)s changed a record"),
        "payload:erased": _("Contents were erased under a rule"),
    }
