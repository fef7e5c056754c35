"""My account as a browser asks for it."""

import re

import pytest

from api import identity
from engine import people
from engine.errors import NotAllowed
from engine.history import EventKind
from engine.store import events, users

PASSWORD = "correct horse battery"


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def password(office):
    with office.act("otto") as act:
        people.set_password(act, "lara", identity.hash_password(PASSWORD))
    return PASSWORD


@pytest.fixture
def browser(site, password):
    """Open one more browser in which lara is signed in."""

    def sign_in():
        client = site.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        answer = client.post("/sign-in", data={"name": "lara", "password": password})
        assert answer.status_code == 303
        return client

    return sign_in


def test_everybody_sees_the_own_account(site):
    page = _text(site.as_("petra").get("/me"))
    assert "petra@example.org" in page
    assert "Panel member" in page
    assert "You stand in for nobody" in page or "you stand in for nobody" in page
    assert site.anonymous().get("/me").status_code == 303


def test_one_action_of_the_page_is_the_main_one(site):
    assert site.as_("lara").get("/me").text.count("button--main") == 1


def test_i_appoint_my_deputy_and_end_it(site, office):
    lara, luc = site.as_("lara"), site.as_("luc")
    days = {"deputy": "luc", "first_day": "2026-01-05", "last_day": "2026-01-09"}
    assert lara.post("/me/deputies", data=days).status_code == 303
    assert "Luc stands in for you" in _text(lara.get("/me"))
    assert "You stand in for Lara" in _text(luc.get("/me"))
    with office.begin() as uow:
        (one,) = users.deputies(uow, "lara")
    address = f"/administration/deputies/{one['id']}/end"
    assert site.as_("petra").post(address).status_code == 403
    answer = luc.post(address, data={"next": "/me"})
    assert answer.headers["Location"].startswith("/me")
    assert "Nobody stands in for you" in _text(lara.get("/me"))
    bad = lara.post("/me/deputies", data={**days, "deputy": "lara"})
    assert bad.status_code == 422
    assert "Nobody is their own deputy" in _text(bad)


NEW = {"old": PASSWORD, "new": "a longer new password", "again": "a longer new password"}


def test_my_password_changes_and_my_other_sessions_end(site, office, browser):
    here, elsewhere = browser(), browser()
    assert "another browser" in _text(here.get("/me"))
    assert here.post("/me/password", data=NEW).status_code == 303
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    again = site.app.test_client().post("/sign-in", data={"name": "lara", "password": NEW["new"]})
    assert again.status_code == 303
    with office.begin() as uow:
        kinds = [one.fields.kind for one in events.of_stream(uow, people.STREAM)]
    assert EventKind.USER_PASSWORD_SET in kinds[-3:]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"old": "something else"}, "not your present password"),
        ({"again": "another new password"}, "differ"),
        ({"new": "short", "again": "short"}, "12 to 1000 characters"),
    ],
)
def test_a_bad_change_of_password_changes_nothing(browser, changed, said):
    client = browser()
    answer = client.post("/me/password", data={**NEW, **changed})
    assert answer.status_code == 422
    assert said in _text(answer)
    assert browser().get("/me").status_code == 200


def test_guessing_the_present_password_is_throttled(browser, clock):
    client = browser()
    clock.tick(1)
    answers = [
        _text(client.post("/me/password", data={**NEW, "old": f"guess {n} of many"}))
        for n in range(7)
    ]
    assert "not your present password" in answers[0]
    assert "Too many failed sign-ins" in answers[-1]


def test_a_token_alone_cannot_change_the_password(site, password):
    answer = site.as_("lara").post("/me/password", data=NEW)
    assert answer.status_code == 422
    assert "not with a token" in _text(answer)


def test_i_sign_out_everywhere_else(browser):
    here, elsewhere = browser(), browser()
    assert here.post("/me/sessions/close").status_code == 303
    assert elsewhere.get("/me").status_code == 303
    assert "Nowhere else." in _text(here.get("/me"))


def test_a_token_is_shown_once_works_and_is_revoked(site, browser, clock):
    client = browser()
    given = {"label": "nightly <export>", "last_day": "2026-01-06", "all_roles": "yes"}
    answer = client.post("/me/tokens", data=given)
    assert answer.headers["Cache-Control"] == "no-store"
    (token,) = re.findall(r'administration-secret">(cursus_[\w-]{43})<', answer.text)
    assert token not in client.get("/me").text
    assert "nightly &lt;export&gt;" in client.get("/me").text
    program = site.app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert program.get("/api/v1/session/").status_code == 200
    clock.move_to("2026-01-06T23:59:00+01:00")
    assert program.get("/api/v1/session/").status_code == 200
    clock.move_to("2026-01-07T00:00:00+01:00")
    assert program.get("/api/v1/session/").status_code == 401
    assert "expired" in _text(browser().get("/me"))


def test_my_token_is_revoked_by_me_and_not_by_others(site, office, browser):
    client = browser()
    client.post("/me/tokens", data={"label": "x", "all_roles": "yes"})
    with office.begin() as uow:
        digest = users.tokens(uow, "lara")[0]["digest"]
    assert site.as_("luc").post(f"/me/tokens/{digest}/revoke").status_code == 403
    assert client.post(f"/me/tokens/{digest}/revoke").status_code == 303
    assert "revoked" in _text(client.get("/me"))
    assert client.post("/me/tokens/none/revoke").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"label": ""}, "Say what the token is for"),
        ({"label": "x", "last_day": "2026-01-04"}, "This day is over."),
        ({"label": "x", "roles": ["operator"]}, "more roles than its owner"),
    ],
)
def test_a_bad_token_is_refused_in_words(browser, given, said):
    answer = browser().post("/me/tokens", data={"all_roles": "", **given})
    assert answer.status_code == 422
    assert said in _text(answer)


def test_a_narrowed_token_issues_no_wider_one(office):
    """A token without roles could otherwise issue one with all of them."""
    narrowed = office.actor("hanna")
    with office.begin() as uow:
        act = people.Act(
            uow=uow, shell=office.shell, actor=type(narrowed)(name="hanna", roles=frozenset())
        )
        people.issue_token(act, digest="d" * 64, label="x", expires_at=None, roles=None)
        assert users.get_token(uow, "d" * 64)["roles"] == []
        with pytest.raises(NotAllowed):
            people.issue_token(
                act, digest="e" * 64, label="x", expires_at=None, roles=["hr_officer"]
            )
