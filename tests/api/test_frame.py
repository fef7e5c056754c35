"""The HTTP frame: problem documents, strict bodies, revisions, pages, identity, the reference."""

import json
import logging
from datetime import UTC, date, datetime, timedelta

import marshmallow as ma
import pytest
from flask import Flask, Response, request
from flask.views import MethodView
from marshmallow import fields

import feel
from api import conditional, frame, identity, paging, problems, reference
from api.bodies import Blueprint, MalformedBody, parse_body
from engine import clock, errors
from engine.errors import CursusError
from forms import FormError, FormSchemaError

PASSWORD = "correct horse battery"


class Desk:
    """A directory in memory that keeps the protocol's promises."""

    def __init__(self):
        self.users, self.sessions, self.tokens, self.attempts = {}, {}, {}, []

    def find_user(self, name):
        return self.users.get(name)

    def replace_password(self, name, password_hash):
        raise AssertionError("hashes of these tests are fresh")

    def find_session(self, digest):
        return self._with_user(self.sessions.get(digest))

    def open_session(self, session):
        self.sessions[session.digest] = session

    def touch_session(self, digest, seen_at):
        old = self.sessions[digest]
        self.sessions[digest] = identity.Session(
            digest=digest, user=old.user, opened_at=old.opened_at, seen_at=seen_at
        )

    def close_session(self, digest):
        self.sessions.pop(digest, None)

    def find_token(self, digest):
        return self._with_user(self.tokens.get(digest))

    def _with_user(self, found):
        user = found and self.users.get(found.user)
        return (found, user) if user else None

    def record_sign_in(self, attempt):
        self.attempts.append(attempt)

    def count_failures(self, *, name, address, since):
        wins = [a.at for a in self.attempts if a.succeeded and name == a.name]
        start = max([since, *wins])
        found = [
            a.at
            for a in self.attempts
            if not a.succeeded
            and a.at > start
            and name in (None, a.name)
            and address in (None, a.address)
        ]
        return len(found), max(found, default=None)


class Thing(ma.Schema):
    name = fields.String(required=True)
    amounts = fields.List(fields.Integer())


@pytest.fixture(scope="module")
def ana():
    return identity.User(
        name="ana", password_hash=identity.hash_password(PASSWORD), roles=frozenset({"hr_officer"})
    )


@pytest.fixture
def desk(ana):
    desk = Desk()
    desk.users["ana"] = ana
    return desk


@pytest.fixture
def app(desk):
    app = Flask("frame")
    app.config.update(
        API_TITLE="Cursus",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    frame.install(app, desk)
    api = problems.Api(app)
    app.register_blueprint(reference.blueprint)
    api.register_blueprint(_things())
    app.add_url_rule("/sign-in", view_func=identity.public(_sign_in), methods=["POST"])
    app.add_url_rule("/sign-out", view_func=identity.public(_sign_out), methods=["POST"])
    app.add_url_rule("/me", view_func=_me, methods=["GET", "POST"])
    app.add_url_rule("/upload", view_func=frame.accepts_upload(_upload), methods=["POST"])
    app.raised = ValueError("secret detail")
    app.add_url_rule("/raise", view_func=identity.public(_raiser(app)))
    return app


def _sign_in():
    identity.sign_in("ana", PASSWORD)
    return {}


def _sign_out():
    identity.sign_out()
    return {}


def _me():
    actor = identity.current_actor()
    return {"name": actor.name, "roles": sorted(actor.roles)}


def _upload():
    return {"size": len(request.get_data())}


def _raiser(app):
    def view():
        raise app.raised

    return view


def _things():
    things = Blueprint("things", "things", url_prefix="/things")
    arguments = paging.list_arguments(
        "Things", sortable=("due_at", "name"), filters={"group": fields.String()}
    )

    @things.route("/")
    class Things(MethodView):
        @things.arguments(arguments, location="query")
        def get(self, asked):
            rows = [{"id": f"{n:03}", "due_at": date(2026, 1, 1)} for n in range(120)]
            start = int(asked.after.id) + 1 if asked.after else 0
            read = rows[start : start + asked.limit + 1]
            page = paging.page_of(
                read, asked, key=lambda row: row["due_at"], row_id=lambda row: row["id"]
            )
            answer = Response(json.dumps([row["id"] for row in page.items]))
            return paging.with_links(answer, page)

        @things.arguments(Thing)
        @things.response(201, Thing)
        def post(self, thing):
            return thing

    @things.route("/one")
    class One(MethodView):
        def get(self):
            return conditional.with_revision(Response("one"), 7)

        def put(self):
            conditional.require_current(
                conditional.expected_revision(),
                current=7,
                changed_by="bob",
                changed_at=datetime(2026, 6, 1, 9, 0, tzinfo=UTC),
            )
            key = conditional.idempotency_key()
            return {"key": key and key.key, "fingerprint": key and key.fingerprint}

    return things


@pytest.fixture
def token(desk):
    secret, digest = identity.new_token()
    desk.tokens[digest] = identity.Token(digest=digest, user="ana")
    return secret


@pytest.fixture
def client(app, token):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def browser(app):
    return app.test_client()


def _subclasses(kind):
    yield kind
    for below in kind.__subclasses__():
        yield from _subclasses(below)


@pytest.mark.parametrize("kind", list(_subclasses(CursusError)), ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_status_code_and_title(kind):
    placed = [base for base in kind.__mro__ if base in problems.STATUS]
    assert placed or kind is CursusError
    assert 400 <= problems.status_of(kind) <= 599
    assert kind.__doc__
    assert kind is CursusError or kind.code != CursusError.code


@pytest.mark.parametrize(
    ("error", "status", "members"),
    [
        (errors.NotFound("No case 7."), 404, {"code": "not-found", "detail": "No case 7."}),
        (errors.NotSignedIn(), 401, {"code": "not-signed-in"}),
        (errors.FourEyes(where="sign"), 403, {"code": "four-eyes", "where": "sign"}),
        (
            errors.StaleCase(changed_by="bob", changed_at=datetime(2026, 6, 1, tzinfo=UTC)),
            409,
            {"facts": {"changed_by": "bob", "changed_at": "2026-06-01T00:00:00+00:00"}},
        ),
        (
            errors.FormRejected(errors={"members.0.name": ["This is required."]}),
            422,
            {"errors": [{"pointer": "#/members/0/name", "detail": "This is required."}]},
        ),
        (
            FormError({"a/b": ["No."]}, form="sheet"),
            422,
            {"code": "form-rejected", "errors": [{"pointer": "#/a~1b", "detail": "No."}]},
        ),
        (
            FormSchemaError("bad", file="x.form", component="A", remedy="mend it"),
            422,
            {"where": "x.form, component A", "remedy": "mend it"},
        ),
        (errors.TooManyAttempts(retry_after=9), 429, {"code": "too-many-attempts"}),
        (
            ma.ValidationError({"a": ["No."]}),
            422,
            {"errors": [{"pointer": "#/a", "detail": "No."}]},
        ),
    ],
)
def test_a_refusal_becomes_a_problem_document(app, client, error, status, members):
    app.raised = error
    answer = client.get("/raise")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == f"urn:cursus:problem:{answer.json['code']}"
    assert members.items() <= answer.json.items()


def test_a_feel_error_says_line_and_column(app, client):
    with pytest.raises(feel.FeelError) as broken:
        feel.parse("1 +\n* 2")
    app.raised = broken.value
    answer = client.get("/raise")
    assert (answer.status_code, answer.json["where"]) == (422, "line 2, column 1")


def test_what_nobody_foresaw_is_logged_and_not_told(client, caplog):
    with caplog.at_level(logging.ERROR, "cursus.api"):
        answer = client.get("/raise", headers={"X-Request-ID": "abcdef-123"})
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.json["request_id"] == answer.headers["X-Request-ID"] == "abcdef-123"
    assert "abcdef-123" in caplog.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "kwargs", "status"),
    [
        ("get", "/nothing", {}, 404),
        ("delete", "/things/", {}, 405),
        ("post", "/things/", {"data": "name=x", "content_type": "text/plain"}, 415),
        ("post", "/things/", {"data": b"x" * 1_000_001, "content_type": "application/json"}, 413),
    ],
)
def test_http_errors_are_problem_documents_too(client, method, path, kwargs, status):
    answer = getattr(client, method)(path, **kwargs)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["title"]


def test_a_405_says_what_is_allowed(client):
    assert "POST" in client.delete("/things/").headers["Allow"]


def test_an_upload_may_be_larger_than_a_json_body(client):
    assert client.post("/upload", data=b"x" * 2_000_000).json == {"size": 2_000_000}


def test_every_argument_at_fault_is_pointed_at(client):
    answer = client.post("/things/", json={"amounts": [1, "x"], "zzz": 1})
    assert answer.status_code == 422
    pointers = [entry["pointer"] for entry in answer.json["errors"]]
    assert sorted(pointers) == ["#/amounts/1", "#/name", "#/zzz"]
    answer = client.get("/things/?limit=0&sort=salary")
    assert [entry["parameter"] for entry in answer.json["errors"]] == ["limit", "sort"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"name": NaN}', "line 1, column 10"),
        (b'{"name":\n -Infinity}', "line 2, column 2"),
        (b'{"name": 1, "name": 2}', "name"),
        (b'{"name": 1,}', "line 1, column 12"),
        (b"[" * 65 + b"]" * 65, "line 1, column 65"),
        (b"[" * 900_000, "line 1, column 65"),
        (b'{"name": "\\u0000"}', "line 1, column 11"),
        (b'{"name": "\\ud800x"}', "line 1, column 11"),
        (b'{"name": "\\udc00"}', "line 1, column 11"),
        (b'{"name": "\xff"}', "byte 11"),
        (b'{"name": 1e999}', None),
        (b'{"name": ' + b"9" * 5000 + b"}", None),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
    ],
)
def test_a_body_that_readers_understand_differently_is_refused(client, body, where):
    answer = client.post("/things/", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed-body")
    assert answer.json.get("where") == where


@pytest.mark.parametrize(
    "body",
    ['{"a": "NaN [[[ \\\\u0000 \\ud83d\\ude00"}', "[1.5, -2e3, true, null]", '"\\u00e9"'],
)
def test_a_good_body_is_read_as_json_reads_it(body):
    assert parse_body(body.encode()) == json.loads(body)


def test_a_refused_body_says_so_without_a_request():
    with pytest.raises(MalformedBody, match="stands twice"):
        parse_body(b'{"a": {"b": 1, "b": 2}}')


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 428),
        ("*", 428),
        ("7", 400),
        ('W/"r7"', 400),
        ('"r6", "r7"', 400),
        ('"r6"', 409),
        ('"r7"', 200),
    ],
)
def test_a_change_names_the_revision_it_saw(client, header, status):
    headers = {"If-Match": header} if header else {}
    assert client.put("/things/one", headers=headers).status_code == status


def test_a_stale_revision_says_who_changed_it_and_when(client):
    answer = client.put("/things/one", headers={"If-Match": '"r6"'})
    assert answer.json["detail"] == "bob changed this at 2026-06-01T09:00:00+00:00."
    assert (answer.json["facts"]["expected"], answer.json["facts"]["current"]) == (6, 7)


def test_a_known_revision_is_not_sent_again(client):
    first = client.get("/things/one")
    assert first.headers["ETag"] == '"r7"'
    again = client.get("/things/one", headers={"If-None-Match": '"r7"'})
    assert (again.status_code, again.data) == (304, b"")


def test_the_same_key_for_another_request_has_another_fingerprint(client):
    def fingerprint(body):
        headers = {"If-Match": '"r7"', "Idempotency-Key": "0b7c7a52-1f"}
        return client.put("/things/one", data=body, headers=headers).json["fingerprint"]

    assert fingerprint(b"a") == fingerprint(b"a") != fingerprint(b"b")


@pytest.mark.parametrize("key", ["short", "x" * 201, "with space", "é" * 9])
def test_a_key_that_is_no_key_is_refused(client, key):
    headers = {"If-Match": '"r7"', "Idempotency-Key": key.encode().decode("latin-1")}
    assert client.put("/things/one", headers=headers).status_code == 400


def test_pages_follow_one_another_to_the_last(client):
    seen, path = [], "/things/?limit=50&group=HR"
    while path:
        answer = client.get(path)
        seen.append(len(answer.get_json(force=True)))
        link = answer.headers.get("Link")
        assert link is None or "group=HR" in link
        path = link and link[1 : link.index(">")]
    assert seen == [50, 50, 20]


@pytest.mark.parametrize(
    "key", [None, "Štěpánka", 3, 2.5, date(2026, 6, 1), datetime(2026, 6, 1, 9, 0, tzinfo=UTC)]
)
def test_a_cursor_comes_back_as_it_went(key):
    cursor = paging.Cursor(sort="-due_at", key=key, id="7")
    assert paging.decode(cursor.encode(), sort="-due_at") == cursor


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "é",
        "AAAA",
        "W10",
        "bnVsbA",
        paging.Cursor(sort="name", key="a", id="1").encode(),
        "W1siYSJd",
    ],
)
def test_a_cursor_of_another_list_is_refused(client, text):
    answer = client.get("/things/", query_string={"cursor": text})
    assert (answer.status_code, answer.json["code"]) == (400, "malformed-cursor")


def test_nobody_gets_in_without_saying_who(browser):
    answer = browser.get("/me")
    assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_speaks_for_its_user(client):
    assert client.get("/me").json == {"name": "ana", "roles": ["hr_officer"]}
    assert client.post("/me").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": datetime(2026, 1, 5, 9, 0, tzinfo=UTC)},
        {"revoked_at": datetime(2026, 1, 5, 9, 0, tzinfo=UTC)},
        {"user": "nobody"},
    ],
)
def test_a_token_that_is_over_speaks_for_nobody(desk, client, token, change):
    digest = identity.digest_of(token)
    desk.tokens[digest] = identity.Token(**{"digest": digest, "user": "ana", **change})
    assert client.get("/me").status_code == 401


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer x", "Bearer ", "cursus_" + "a" * 43])
def test_what_is_no_token_is_refused(browser, header):
    assert browser.get("/me", headers={"Authorization": header}).status_code == 401


def test_a_token_may_have_fewer_roles_than_its_user(desk, client, token):
    digest = identity.digest_of(token)
    narrow = frozenset({"auditor"})
    desk.tokens[digest] = identity.Token(digest=digest, user="ana", roles=narrow)
    assert client.get("/me").json["roles"] == []


def test_a_session_lives_in_a_closed_cookie(browser):
    cookie = browser.post("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert browser.get("/me").json["name"] == "ana"
    secure = browser.post("/sign-in", base_url="https://cursus.test").headers
    assert secure["Set-Cookie"].startswith("__Host-cursus=")
    assert "Secure" in secure["Set-Cookie"]
    assert "Strict-Transport-Security" in secure


def test_the_directory_never_sees_the_cookie_itself(desk, browser):
    browser.post("/sign-in")
    assert browser.get_cookie("cursus").value not in desk.sessions
    assert len(desk.sessions) == 1


def test_signing_in_again_closes_the_earlier_session_and_signing_out_the_last(desk, browser):
    browser.post("/sign-in")
    browser.post("/sign-in")
    assert len(desk.sessions) == 1
    browser.post("/sign-out")
    assert desk.sessions == {}
    assert browser.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost.evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_another_site_cannot_act_with_the_cookie(browser, headers, status):
    browser.post("/sign-in")
    assert browser.post("/me", headers=headers).status_code == status


def test_another_site_cannot_sign_somebody_in(desk, browser):
    assert browser.post("/sign-in", headers={"Origin": "http://evil.test"}).status_code == 403
    assert desk.sessions == {}


@pytest.mark.parametrize(
    ("steps", "status"), [([119], 200), ([121], 401), ([100] * 7, 200), ([100] * 8, 401)]
)
def test_a_session_ends_when_idle_and_at_last_anyway(browser, clock, steps, status):
    browser.post("/sign-in")
    for minutes in steps:
        clock.tick(timedelta(minutes=minutes))
        last = browser.get("/me").status_code
    assert last == status


def test_an_account_that_was_closed_is_out_at_once(desk, browser, client):
    browser.post("/sign-in")
    desk.users["ana"] = identity.User(
        name="ana", password_hash=None, roles=frozenset(), is_active=False
    )
    assert browser.get("/me").status_code == client.get("/me").status_code == 401


def _guess(app, name="ana", *, password="guess", address="192.0.2.1"):  # noqa: S107  # a guess
    with app.test_request_context("/sign-in", environ_base={"REMOTE_ADDR": address}):
        identity.sign_in(name, password)


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_a_guesser_waits_longer_after_each_guess(app, clock, name):
    waits = []
    for _ in range(5):
        with pytest.raises(errors.NotSignedIn, match="name or the password"):
            _guess(app, name)
    for _ in range(3):
        with pytest.raises(errors.TooManyAttempts) as refused:
            _guess(app, name)
        waits.append(refused.value.facts["retry_after"])
        clock.tick(timedelta(seconds=waits[-1]))
        with pytest.raises(errors.NotSignedIn):
            _guess(app, name)
    assert waits == [16, 32, 64]


def test_a_guesser_does_not_lock_the_owner_out(app):
    for _ in range(5):
        with pytest.raises(errors.NotSignedIn):
            _guess(app)
    _guess(app, password=PASSWORD, address="192.0.2.2")


def test_many_names_from_one_address_are_stopped_too(app):
    for number in range(50):
        with pytest.raises(errors.NotSignedIn):
            _guess(app, f"name{number}")
    with pytest.raises(errors.TooManyAttempts):
        _guess(app, password=PASSWORD)


def test_an_unknown_name_costs_a_hash_too(app, monkeypatch):
    verified = []
    hasher = identity._hasher()
    monkeypatch.setattr(type(hasher), "verify", lambda self, *given: verified.append(given))
    for name in ("ana", "nobody"):
        with pytest.raises(errors.NotSignedIn):
            _guess(app, name)
    assert len(verified) == 2
    assert verified[0][0] != verified[1][0]


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_password_has_a_length(password):
    with pytest.raises(errors.Invalid):
        identity.hash_password(password)


def test_answers_are_closed_to_the_browser(client):
    headers = client.get("/me").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_the_reference_is_served_from_here_under_a_strict_policy(browser):
    page = browser.get("/api/", buffered=True)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_every_part_of_the_reference_is_served(browser):
    page = browser.get("/api/", buffered=True).text
    assets = [part.split('"')[0] for part in page.split('"/reference/')[1:]]
    assert len(assets) == 4
    for name in assets:
        assert browser.get(f"/reference/{name}", buffered=True).status_code == 200


@pytest.mark.parametrize("name", ["reference.html", "..%2fidentity.py", "../identity.py"])
def test_nothing_else_is_served_as_the_reference(browser, name):
    assert browser.get(f"/reference/{name}").status_code == 404


def test_the_description_says_how_errors_look(browser):
    document = browser.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert "request_id" in document["components"]["schemas"]["Problem"]["properties"]


def test_the_clock_of_these_tests_is_frozen():
    assert clock.now() == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
