"""Users, deputies, tokens and the session."""

from uuid import UUID

from flask import Response, jsonify, make_response

from api import identity
from api.bodies import Blueprint
from api.house import acting, idempotent
from api.shapes import (
    DeputyIn,
    DeputyOut,
    MeOut,
    NewTokenOut,
    SignInIn,
    TokenIn,
    UserChangeIn,
    UserIn,
    UserOut,
)
from engine import people
from engine.access import authorize
from engine.store import users as rows

users = Blueprint("users", __name__, url_prefix="/api/v1/users", description="People")
session = Blueprint("session", __name__, url_prefix="/api/v1/session", description="Signing in")


@session.route("/", methods=["POST"])
@identity.public
@session.arguments(SignInIn)
@session.response(200, MeOut)
def sign_in(body: dict[str, str]) -> Response:
    """Sign in; the answer sets the session cookie."""
    identity.sign_in(body["name"], body["password"])
    return jsonify({"name": body["name"]})


@session.route("/", methods=["DELETE"])
@session.response(204)
def sign_out() -> Response:
    """Sign out."""
    identity.sign_out()
    return make_response("", 204)


@session.route("/")
@session.response(200, MeOut)
def me() -> object:
    """Say who you are and for whom you may act today."""
    actor = identity.current_actor()
    return {
        "name": actor.name,
        "roles": sorted(actor.roles),
        "principals": sorted(actor.principals),
    }


@session.route("/tokens", methods=["POST"])
@session.arguments(TokenIn)
@session.response(201, NewTokenOut)
def issue_token(body: dict[str, object]) -> Response:
    """Issue an API token for yourself; it is shown this once."""
    token, digest = identity.new_token()
    with acting() as act:
        people.issue_token(act, digest=digest, **body)  # type: ignore[arg-type]  # by schema
    return make_response(jsonify({"token": token, "digest": digest}), 201)


@session.route("/tokens/<digest>", methods=["DELETE"])
@session.response(204)
def revoke_token(digest: str) -> Response:
    """Revoke an API token."""
    with acting() as act:
        people.revoke_token(act, digest)
    return make_response("", 204)


@users.route("/")
@users.response(200, UserOut(many=True))
def list_users() -> object:
    """List people and their roles."""
    with acting() as act:
        authorize(act.actor, "user:list", act.shell.policy)
        return rows.every(act.uow)


@users.route("/", methods=["POST"])
@users.arguments(UserIn)
@users.response(201, UserOut)
@idempotent
def add(body: dict[str, object]) -> Response:
    """Add a person."""
    password = body.pop("password")
    hashed = identity.hash_password(str(password)) if password else None
    with acting() as act:
        who = authorize(act.actor, "user:add", act.shell.policy)
        person = {**body, "password_hash": hashed}
        row = people.add(act.uow, who, person, known=act.shell.roles)
        return make_response(jsonify(UserOut().dump(row)), 201)


@users.route("/<name>", methods=["PATCH"])
@users.arguments(UserChangeIn)
@users.response(200, UserOut)
@idempotent
def change(body: dict[str, object], name: str) -> Response:
    """Change a person's name, address, roles or whether the account is in use."""
    with acting() as act:
        row = people.change(act, name, body, known=act.shell.roles)
        return jsonify(UserOut().dump(row))


@users.route("/deputies")
@users.response(200, DeputyOut(many=True))
def deputies() -> object:
    """List deputyships: all for an operator, otherwise those you gave or hold."""
    with acting() as act:
        sees_all = act.shell.policy.allows(act.actor.roles, "deputy:appoint")
        return rows.deputies(act.uow, None if sees_all else act.actor.name)


@users.route("/deputies", methods=["POST"])
@users.arguments(DeputyIn)
@users.response(201, DeputyOut)
@idempotent
def appoint(body: dict[str, object]) -> Response:
    """Appoint a deputy for days of absence."""
    with acting() as act:
        row = people.appoint_deputy(act, **body)  # type: ignore[arg-type]  # by schema
        return make_response(jsonify(DeputyOut().dump(row)), 201)


@users.route("/deputies/<uuid:deputyship>", methods=["DELETE"])
@users.response(204)
def dismiss(deputyship: UUID) -> Response:
    """End a deputyship before its time."""
    with acting() as act:
        people.dismiss_deputy(act, deputyship)
    return make_response("", 204)
