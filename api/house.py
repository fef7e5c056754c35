"""What every view needs: the database, the shell, one transaction per request, the actor."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, make_response

from api.conditional import idempotency_key
from api.identity import current_actor
from engine import clock
from engine.cases import Act, Shell
from engine.errors import KeyReused
from engine.store import Database, answers, begin

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class House:
    """The rooms below, wired together by the composition root."""

    database: Database
    shell: Shell
    #: the raw Ed25519 key that signs checkpoints; None where only reading is allowed
    signing_key: bytes | None = None
    #: the shipped process files, offered to process owners as a starting point
    shipped: Mapping[str, bytes] | None = None


def house() -> House:
    """Return the house of this application."""
    return cast("House", current_app.extensions["cursus.house"])


@contextmanager
def acting() -> Iterator[Act]:
    """Open the transaction of this request, or join the one that is open."""
    if "act" in g:
        yield g.act
        return
    with begin(house().database, now=clock.now()) as uow:
        g.act = Act(uow=uow, shell=house().shell, actor=current_actor())
        try:
            yield g.act
        finally:
            g.pop("act")


def idempotent(view: View) -> View:
    """Give the same answer once more when the client repeats its Idempotency-Key.

    The answer commits with the change itself. Raises KeyReused when the key came with another
    request before.
    """

    @wraps(view)
    def once(*args: object, **kwargs: object) -> Response:
        key = idempotency_key()
        if key is None:
            return make_response(view(*args, **kwargs))
        with acting() as act:
            actor = act.actor.name
            given = answers.find(act.uow, actor, key.key)
            if given is not None and given["request"] != key.fingerprint:
                raise KeyReused(where="Idempotency-Key", remedy="send a fresh key")
            if given is not None:
                return Response(
                    bytes(given["body"]), status=given["status"], headers=dict(given["headers"])
                )
            response = make_response(view(*args, **kwargs))
            kept = [one for one in ("Content-Type", "ETag", "Location") if one in response.headers]
            row = {
                "actor": actor,
                "key": key.key,
                "request": key.fingerprint,
                "status": response.status_code,
                "headers": {
                    name: response.headers[name] for name in kept if name in response.headers
                },
                "body": response.get_data(),
            }
            answers.keep(act.uow, row)
            return response

    return cast("View", once)
