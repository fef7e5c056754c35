"""What every page has: its policy, its refusals in words, its message after a change."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, g, make_response, redirect, request
from flask import render_template as render
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoSuchAddress

from api import problems
from engine.errors import CursusError, NotSignedIn, StaleCase, TaskNotOpen
from forms import FormError
from web import assets
from web.language import _
from web.refusals import why
from web.sentences import sentence

#: No script but our own files, no style but our own files, nothing from anywhere else. Stricter
#: than a nonce: there is no inline script to allow.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
#: The editors set style elements of their own; only their pages allow it.
EDITOR_POLICY = {**POLICY, "style-src": "'self' 'unsafe-inline'"}


class Pages(Blueprint):
    """A blueprint of pages: refusals are pages too, and nothing foreign is loaded."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:  # noqa: ANN401  # Flask's
        """Make a blueprint named `pages_<name>`."""
        super().__init__(f"pages_{name}", import_name, template_folder="templates", **options)
        self.after_request(_finish)
        self.register_error_handler(NotSignedIn, _ask_to_sign_in)
        self.register_error_handler(CursusError, refusal)
        self.register_error_handler(FormError, refusal)
        self.register_error_handler(HTTPException, _http)
        self.register_error_handler(Exception, _failure)


def install(app: Flask) -> None:
    """Answer an unknown address with a page where a browser asks, and let templates find files."""
    app.register_error_handler(NoSuchAddress, _no_such_address)
    app.jinja_env.globals.update(asset=assets.address, said=_said)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def allow_editor() -> None:
    """Let this page's editor set its own styles."""
    g.policy = EDITOR_POLICY


def done(address: str, message: str) -> ResponseReturnValue:
    """Go to an address and say there what was done: `message` is a key of MESSAGES."""
    joint = "&" if "?" in address else "?"
    return redirect(f"{address}{joint}{urlencode({'said': message})}", 303)


def local(address: str | None, otherwise: str) -> str:
    """Return an address of this site, or the other one: never lead anywhere else."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")):
        return address
    return otherwise


def _said() -> str | None:
    return messages().get(request.args.get("said", ""))


def messages() -> dict[str, str]:
    """Return what a page may say after a change, by its key in the address."""
    return {
        "completed": _("Done. The task is completed."),
        "review-submitted": _("Your review is submitted and locked."),
        "blind-lifted": _("The blind view is lifted, and the history says so."),
        "claimed": _("The task is yours now."),
        "unclaimed": _("The task is given back; others see it again."),
        "assigned": _("The task is assigned."),
        "delegated": _("The task is handed over."),
        "rescheduled": _("The dates are changed."),
        "withdrawn": _("The withdrawal is recorded."),
        "case-cancelled": _("The case is cancelled."),
        "case-suspended": _("The case is suspended."),
        "case-resumed": _("The case goes on."),
        "case-corrected": _("The value is corrected."),
        "message-recorded": _("Recorded. The case has gone on with it."),
        "document-filed": _("The document is filed; the case knows of it."),
        "commented": _("Your comment is written."),
        "sent-back": _("Sent back. The earlier task is open again."),
        "signed-out": _("You are signed out."),
        "saved": _("Saved."),
        "call-opened": _("The call is opened. Its first task is to draft it."),
        "application-registered": _("The application is registered."),
        "application-known": _("This mail was registered before: this is its application."),
        "mail-taken": _("The mail is taken in."),
        "mail-known": _("This mail was here before: this is it."),
        "mail-registered": _("Registered. Its case is open."),
        "mail-newer": _("Registered. It takes the place of the earlier application."),
        "mail-unused": _("Registered. A later application, received in time, counts."),
        "mail-too-late": _(
            "Registered. The application received in time counts; told to the person."
        ),
        "mail-asked": _("The letter is written. It leaves with the next round of mail."),
        "mail-aside": _("Put aside as not an application."),
        "mail-call": _("The mail is with this call now."),
        "mail-back": _("The mail waits in the queue again."),
        "draft-begun": _("The draft is begun. Nothing changes for anybody until it is published."),
        "file-added": _("The file is added."),
        "file-removed": _("The file is removed."),
        "proposed": _("Proposed. A second process owner decides."),
        "proposal-withdrawn": _("The proposal is taken back."),
        "approved": _("Published. New cases take this version."),
        "rejected": _("Rejected. The draft is open again."),
        "caught-up": _("The changes of the version in force are taken over."),
        "caught-up-look": _("Taken over; some files were changed by both, and yours stayed."),
        "tried": _("The scenarios were played. This is what they showed."),
        "rehearsal-begun": _("The rehearsal has begun. Nothing of it is real."),
        "stepped": _("Done, in the rehearsal."),
        "rehearsal-saved": _("Saved as a scenario of the draft."),
        "rehearsal-ended": _("The rehearsal is over; nothing of it is kept."),
        "put-away": _("The draft is put away."),
        "in-force": _("Done. New cases take this version."),
        "history-verified": _("Verified again just now."),
        "history-signed": _("A checkpoint is signed."),
        "account-closed": _("The account is closed."),
        "account-opened": _("The account is open again."),
        "password-set": _("The password is set. The person is signed out everywhere."),
        "password-changed": _("Your password is changed. Your other sessions are signed out."),
        "token-revoked": _("The token is revoked."),
        "deputy-appointed": _("The deputy is appointed."),
        "deputy-ended": _("The deputyship is ended."),
        "deadline-moved": _("The deadline is moved."),
        "effect-hastened": _("The operation runs now. Load the page again to see its result."),
        "sessions-closed": _("You are signed out everywhere but here."),
        "slot-kept": _("The slot is kept. Nothing is sent yet."),
        "slot-freed": _("The slot is free again."),
        "slots-proposed": _("Slots are proposed for all of them. Look at them before you send."),
        "slots-proposed-some": _("Slots are proposed for some; the others found none free there."),
        "interview-moved": _("The interview is moved; the candidate is told the new date."),
        "filter-saved": _("The filter is saved."),
        "filter-removed": _("The filter is removed."),
        "scores-submitted": _("Your scores are submitted. They are final."),
        "reminded": _("A reminder goes to those whose scores are missing."),
        "minutes-signed": _("Signed. The minutes are filed with the application."),
        "list-frozen": _("Signed. The list is frozen; offers follow its order."),
        "list-sent-back": _("Sent back. The list is drawn up anew."),
        "extract-imported": _("The extract is imported. People can be found in it now."),
        "extract-known": _("This very file was imported before. Nothing has changed."),
        "extract-put-away": _("The file is put away. Nothing of it was imported."),
        "long-list-removed": _("The person is taken off the long list."),
    }


def refusal(error: CursusError | FormError) -> ResponseReturnValue:
    """Show a refusal as a page: what happened, where, and what to do."""
    if isinstance(error, FormError):
        return render(
            "refusal.html", title=_("The form has errors"), detail=_form_faults(error)
        ), 422
    status = problems.status_of(type(error))
    page = render(
        "refusal.html",
        title=_stale_title(error) or sentence(error.title),
        detail=why(error) if error.detail != error.title else None,
        where=error.where,
        remedy=sentence(error.remedy),
        findings=error.facts.get("findings") or error.facts.get("errors"),
        reference=problems.request_id(),
    )
    return page, status


def _form_faults(error: FormError) -> str:
    found = error.errors.items()
    return "; ".join(f"{path or error.form}: {sentence(texts[0])}" for path, texts in found)


def _stale_title(error: CursusError) -> str | None:
    if isinstance(error, TaskNotOpen) and error.facts.get("changed_by"):
        return _("Somebody finished this task before you")
    if isinstance(error, StaleCase):
        return _("This case has changed since you opened the page")
    return None


def _ask_to_sign_in(_error: NotSignedIn) -> ResponseReturnValue:
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    address = "/sign-in?" + urlencode({"next": here})
    if request.headers.get("HX-Request"):
        return Response(status=200, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.response is not None:
        return error.get_response()
    return render("refusal.html", title=error.name, detail=error.description), error.code


def _failure(error: Exception) -> ResponseReturnValue:
    recorded = problems.from_failure(error)
    return render(
        "refusal.html",
        title=_("This failed"),
        detail=sentence(problems.FAILURE),
        reference=problems.request_id(),
    ), recorded.status_code


def _no_such_address(error: NoSuchAddress) -> ResponseReturnValue:
    wants_page = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if request.path.startswith("/api/") or wants_page != "text/html":
        return problems.from_http(error)
    page = render(
        "refusal.html",
        title=_("There is no such page"),
        detail=_("The address may be mistyped, or what it named is gone."),
    )
    return _finish(make_response(page, 404))


def _finish(response: Response) -> Response:
    policy = g.get("policy", POLICY)
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {value}" for name, value in policy.items()
    )
    response.headers.setdefault("Vary", "Cookie, Accept-Language")
    return response
