"""What an officer decides about a mail, each by a form of its page."""

from collections.abc import Callable, Mapping

from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.access import authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid
from recruitment import registering, sorting
from recruitment.registering import Acceptance
from recruitment.sorting import AlreadySorted
from recruitment.store import mails
from web import mail_words
from web.calls_frame import pages
from web.calls_intake import is_address
from web.calls_mail import Given, mail_page, opened
from web.language import _, ago
from web.navigation import person
from web.pages import done

Decide = Callable[[Act, Given], str]
_MOST_TEXT = 300


@pages.post("/intake/<sha256>/register")
def register_mail(sha256: str) -> ResponseReturnValue:
    """Register the application of a mail, in time or late."""

    def decide(act: Act, given: Given) -> str:
        return registering.register(act, sha256, _acceptance(given)).what.replace("_", "-")

    return _decided(sha256, decide, _judge)


@pages.post("/intake/<sha256>/resend")
def ask_sender(sha256: str) -> ResponseReturnValue:
    """Ask the sender to send it again."""

    def decide(act: Act, given: Given) -> str:
        sorting.ask_to_resend(
            act, sha256, subject=given.get("subject", ""), text=given.get("text", "")
        )
        return "asked"

    return _decided(sha256, decide, _needing("subject", "text"))


@pages.post("/intake/<sha256>/aside")
def set_mail_aside(sha256: str) -> ResponseReturnValue:
    """Decide that a mail is no application."""

    def decide(act: Act, given: Given) -> str:
        sorting.set_aside(act, sha256, given.get("reason", ""))
        return "aside"

    return _decided(sha256, decide, _needing("reason"))


@pages.post("/intake/<sha256>/call")
def name_call(sha256: str) -> ResponseReturnValue:
    """Say which call a mail is for; it stays open on the same page."""

    def decide(act: Act, given: Given) -> str:
        sorting.for_call(act, sha256, given.get("call", ""))
        return "call"

    return _decided(sha256, decide, _needing("call"), stays=True)


@pages.post("/intake/<sha256>/back")
def put_mail_back(sha256: str) -> ResponseReturnValue:
    """Put a mail back into the queue, while nothing followed from the decision."""
    with acting() as act:
        sorting.put_back(act, sha256)
    return done(f"/intake/{sha256}", "mail-back")


def _decided(
    sha256: str, decide: Decide, judge: Callable[[Given], dict[str, str]], *, stays: bool = False
) -> ResponseReturnValue:
    """Take a decision and go to the next mail; whoever comes second is told what was decided."""
    given = {name: value.strip() for name, value in request.form.items()}
    with acting() as act:
        authorize(act.actor, "mail:sort", act.shell.policy)
        row = opened(act, sha256, "mail")
        following = mails.waiting_beside(act.uow, row, before=False)
        faults = judge(given)
        if faults and row["sorted_as"] is None:
            return mail_page(act, row, given=_kept(given), faults=faults), 422
    try:
        with acting() as act:
            message = decide(act, given)
    except AlreadySorted as error:
        return _too_late(sha256, error, given)
    except (Conflict, Invalid) as error:
        return _refused(sha256, given, error)
    if stays:
        return done(f"/intake/{sha256}", f"mail-{message}")
    root = f"/calls/{row['call']}/intake" if row["call"] else "/intake"
    to = f"/intake/{following['sha256']}" if following else root
    return done(f"{to}?last={sha256}", f"mail-{message}")


def _too_late(sha256: str, error: AlreadySorted, given: Given) -> ResponseReturnValue:
    with acting() as act:
        row = opened(act, sha256, "mail")
        at = row["sorted_at"]
        notice = _(
            "%(who)s sorted this mail %(when)s: %(how)s. Nothing of yours was changed.",
            who=person(str(error.facts["by"])),
            when=ago(at) if at else "",
            how=mail_words.states().get(str(error.facts["sorted_as"]), ""),
        )
        return mail_page(act, row, given=_kept(given), notice=notice), 409


def _refused(sha256: str, given: Given, error: Conflict | Invalid) -> ResponseReturnValue:
    with acting() as act:
        row = opened(act, sha256, "mail")
        said = f"{error.detail} ({error.remedy})" if error.remedy else error.detail
        fields = ("name", "email", "reason", "subject", "text", "call", "resend")
        faults = {error.where if error.where in fields else "name": said}
        return mail_page(act, row, given=_kept(given), faults=faults), 409


def _kept(given: Given) -> dict[str, str]:
    # a box that is not ticked sends nothing
    return {"in_order": "", **given} if "name" in given else dict(given)


def _needing(*names: str) -> Callable[[Given], dict[str, str]]:
    def judge(given: Given) -> dict[str, str]:
        return {name: _("Fill this in.") for name in names if not given.get(name)}

    return judge


def _judge(given: Given) -> dict[str, str]:
    faults = _needing("name", "email")(given)
    for name in ("name", "email"):
        if len(given.get(name, "")) > _MOST_TEXT:
            faults[name] = _("At most %(most)s characters.", most=_MOST_TEXT)
    if "email" not in faults and not is_address(given["email"]):
        faults["email"] = _("This is no mail address.")
    return faults


def _acceptance(given: Mapping[str, str]) -> Acceptance:
    file = given.get("file", "")
    return Acceptance(
        name=given["name"],
        email=given["email"],
        language=given.get("language") or None,
        file=int(file) if file.isdecimal() else None,
        in_order=given.get("in_order") == "yes",
    )
