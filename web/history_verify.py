"""Verify everything while one watches; sign it; list what was signed."""

from collections.abc import Iterator

from flask import Response, request, stream_with_context
from flask import current_app as app
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.history import own_key, sign_now
from api.house import acting, house
from engine import archive, clock
from engine.access import authorize
from engine.archive import Progress
from engine.errors import Conflict
from engine.store import audit, begin
from web.history import pages
from web.language import _
from web.pages import done

#: Streams that are verified between two lines of progress.
STEP = 500
#: Streams that one core verifies in a second, measured on cases of a dozen events.
PER_SECOND = 800
#: Checkpoints on one page.
SIZE = 20


@pages.get("/history/verify")
def verify_page() -> ResponseReturnValue:
    """Say how much there is to verify, and list the checkpoints."""
    with acting() as act:
        authorize(act.actor, "history:verify", act.shell.policy)
        streams, count = audit.size(act.uow)
        before = request.args.get("before", "")
        found = audit.checkpoints(
            act.uow, before=int(before) if before.isdecimal() else None, limit=SIZE + 1
        )
    own = own_key()
    return render(
        "history_verify.html",
        streams=streams,
        events=count,
        seconds=max(1, round(streams / PER_SECOND)),
        checkpoints=found[:SIZE],
        next=found[SIZE - 1].id if len(found) > SIZE else None,
        key=own.hex() if own else None,
    )


@pages.post("/history/verify")
def verify_everything() -> ResponseReturnValue:
    """Verify every stream and the newest checkpoint, telling as it goes."""
    with acting() as act:
        authorize(act.actor, "history:verify", act.shell.policy)
    return Response(stream_with_context(_told(own_key())), content_type="text/html; charset=utf-8")


def _told(key: bytes | None) -> Iterator[str]:
    """Yield the page as it grows; without its end, the verification did not finish."""
    began = clock.now()
    whole = app.jinja_env.get_template("history_verified.html")
    context: dict[str, object] = {"began": began, "progress": _progress(key)}
    app.update_template_context(context)
    yield from whole.generate(context)


def _progress(key: bytes | None) -> Iterator[Progress]:
    with begin(house().database, now=clock.now()) as uow:
        audit.one_instant(uow)
        for one in archive.verifying(uow, public_key=key):
            if one.report is not None or one.done % STEP == 0:
                yield one


@pages.post("/history/checkpoints")
def sign() -> ResponseReturnValue:
    """Sign the heads of all streams now."""
    with acting() as act:
        sign_now(act)
    return done("/history/verify", "history-signed")


@pages.get("/history/public-key")
def public_key() -> ResponseReturnValue:
    """Download the public key that verifies checkpoints and archives."""
    with acting() as act:
        authorize(act.actor, "history:verify", act.shell.policy)
    key = own_key()
    if key is None:
        raise Conflict(_("No signing key is configured"), where="CURSUS_SIGNING_KEY_FILE")
    return Response(
        f"{key.hex()}\n",
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="cursus-public-key.txt"'},
    )
