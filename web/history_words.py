"""Events in words: the name of every kind, and a sentence for each event."""

from web.cases_sentences import says as says_of_case
from web.language import _
from web.sentences import sentence as said

#: Kinds of events of a case's own course, which the case file words.
OF_CASES = (
    "case", "task", "timer", "deadline", "message", "effect", "incident", "comment", "reminder",
)  # fmt: skip


def kinds() -> dict[str, str]:
    """Return the name of every kind of event, by subject."""
    return {
        "case:opened": _("Case opened"),
        "case:sent-back": _("Case sent back"),
        "case:corrected": _("Case data corrected"),
        "case:cancelled": _("Case cancelled"),
        "case:suspended": _("Case suspended"),
        "case:resumed": _("Case resumed"),
        "case:migrated": _("Case moved to another version"),
        "case:ended": _("Case ended"),
        "task:completed": _("Task completed"),
        "task:claimed": _("Task claimed"),
        "task:unclaimed": _("Task given back"),
        "task:assigned": _("Task assigned"),
        "task:delegated": _("Task handed over"),
        "task:rescheduled": _("Task dates changed"),
        "timer:fired": _("Deadline passed"),
        "deadline:extended": _("Deadline moved"),
        "message:received": _("Message received"),
        "effect:begun": _("Operation begun"),
        "effect:finished": _("Operation done"),
        "effect:failed": _("Operation failed"),
        "effect:hastened": _("Operation done at once on request"),
        "incident:raised": _("Incident raised"),
        "incident:retried": _("Incident tried again"),
        "incident:annotated": _("Incident annotated"),
        "comment:written": _("Comment written"),
        "definition:proposed": _("Version proposed"),
        "definition:rejected": _("Version rejected"),
        "definition:published": _("Version published"),
        "definition:in-force": _("Version put in force"),
        "definition:scenarios": _("Scenarios of a version kept"),
        "record:read": _("Personal file read"),
        "record:changed": _("Record changed"),
        "reminder:sent": _("Reminder sent"),
        "document:stored": _("Document stored"),
        "mail:received": _("Mail received"),
        "mail:sorted": _("Mail sorted"),
        "mail:put-back": _("Mail put back into the queue"),
        "letter:written": _("Letter written"),
        "letter:withdrawn": _("Letter withdrawn before it left"),
        "letter:sent": _("Letter sent"),
        "letter:refused": _("Letter refused by the mail server"),
        "letter:bounced": _("Letter came back"),
        "payload:erased": _("Contents erased"),
        "user:added": _("Person added"),
        "user:changed": _("Person changed"),
        "user:password-set": _("Password set"),
        "user:signed-in": _("Signed in"),
        "user:sign-in-failed": _("Sign-in failed"),
        "token:issued": _("Access token issued"),
        "token:revoked": _("Access token withdrawn"),
        "deputy:appointed": _("Deputy appointed"),
        "deputy:dismissed": _("Deputy dismissed"),
    }


def kind_name(kind: str) -> str:
    """Return the name of a kind; one that is not known, as its words."""
    plain = kind.replace(":", " ").replace("-", " ")
    return kinds().get(kind, plain[:1].upper() + plain[1:])


def sentence(kind: str, who: str, element: str, facts: dict[str, object]) -> str:
    """Say in one sentence what happened."""
    wording = _sentences().get(kind)
    if wording is not None:
        named = {"what": "", "name": "", "version": "", **facts}
        named["what"] = said(str(named["what"]))
        return wording % {**named, "who": who, "element": element}
    if kind.partition(":")[0] in OF_CASES:
        return says_of_case(kind, who, element, facts.get("message"))
    return _("%(who)s: %(what)s", who=who, what=kind_name(kind))


def _sentences() -> dict[str, str]:
    return {
        "definition:published": _("%(who)s published version %(version)s"),
        "record:read": _("%(who)s read: %(what)s"),
        "record:changed": _("%(who)s changed a record"),
        "document:stored": _("%(who)s stored the document “%(name)s”"),
        "payload:erased": _("Contents were erased under a rule"),
        "user:added": _("%(who)s added the person %(name)s"),
        "user:changed": _("%(who)s changed the person %(name)s"),
        "user:password-set": _("%(who)s set the password of %(name)s"),
        "user:signed-in": _("%(who)s signed in"),
        "user:sign-in-failed": _("Signing in as %(who)s failed"),
        "token:issued": _("%(who)s issued an access token"),
        "token:revoked": _("%(who)s withdrew an access token"),
        "deputy:appointed": _("%(who)s appointed a deputy"),
        "deputy:dismissed": _("%(who)s dismissed a deputy"),
    }
