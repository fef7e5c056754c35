"""The register on pages and in the API: import, search, long list."""

import base64
import io
from datetime import UTC, date, datetime

import pytest

from engine import definitions
from engine.decisions import decide
from engine.store import events
from recruitment.cast import figures
from recruitment.cast.file import COLUMNS
from recruitment.cast.query import Query
from recruitment.cast.words import GROUPS
from recruitment.register import extracts, proof
from recruitment.register.plan import key_of
from recruitment.store import records, register
from recruitment.store import search as rows

GOOD = {
    "name": "Ana Berg", "email": "ana@example.org", "profile": "ICT", "registered": "yes",
    "passed": "yes", "passed_group": "IV", "result_date": "2024-06-03", "failed_group": "",
    "test_date": "", "refreshed": "2025-12-01", "languages": "FR:B2 EN:C1",
    "diploma_level": "university", "experience_years": "7.5", "id": "",
}  # fmt: skip
TAKEN = date(2026, 1, 4)


def file(*people):
    lines = [",".join({**GOOD, **one}[name] for name in COLUMNS) for one in people]
    return "\n".join([",".join(COLUMNS), *lines]).encode()


def take(selection, *people, taken_on=TAKEN, name="a.csv"):
    made = extracts.File(name=name, taken_on=taken_on, content=file(*people))
    return selection.office.do("hanna", extracts.take, made)


def counts(done):
    return done.added, done.changed, done.unchanged, done.refused


def row_of(selection, person, profile="ICT"):
    with selection.office.begin() as uow:
        return records.cast_of(uow, person, profile)


@pytest.fixture
def hanna(selection, site):
    return site.as_("hanna")


def page(answer, status=200):
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


# --- import ------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(selection):
    assert counts(take(selection, {}, {"email": "bo@example.org"})) == (2, 0, 0, 0)
    again = take(selection, {}, {"email": "bo@example.org"})
    assert again.known is not None
    assert counts(again) == (0, 0, 2, 0)
    with selection.office.begin() as uow:
        assert len(events.of_stream(uow, extracts.STREAM)) == 1


def test_a_later_extract_changes_only_what_differs_and_an_older_one_nothing(selection):
    take(selection, {}, {"email": "bo@example.org"})
    later = take(selection, {"passed_group": "III"}, {"email": "bo@example.org"},
                 taken_on=date(2026, 1, 5))  # fmt: skip
    assert counts(later) == (0, 1, 1, 0)
    older = take(selection, {"passed_group": "II"}, {"email": "new@example.org"})
    assert counts(older) == (1, 0, 0, 1)
    assert [one.code for one in older.faults] == ["newer-known"]
    assert row_of(selection, key_of("ana@example.org"))["passed_group"] == "III"


def test_whoever_applied_keeps_the_id_by_which_a_case_finds_the_row(selection):
    selection.publish_call()
    case = selection.apply("Ana Berg", is_registered=False)
    candidate = selection.application(case)["candidate"]
    take(selection, {"email": "ANA0@example.org", "id": "epso-7"})
    assert row_of(selection, candidate)["passed_group"] == "IV"


def test_whom_the_register_knows_keeps_that_id_when_they_apply(selection):
    take(selection, {"email": "ana0@example.org", "id": "epso-7"})
    selection.publish_call()
    case = selection.apply("Ana Berg", is_registered=False)
    assert selection.application(case)["candidate"] == "epso-7"


def test_a_change_is_proved_by_the_sealed_root_and_a_forged_one_is_not(selection):
    take(selection, {}, {"email": "bo@example.org"}, {"email": "cy@example.org"})
    person = key_of("bo@example.org")
    (proved,) = selection.office.do("anton", proof.prove, person)
    assert proved.holds
    assert proved.content["after"]["passed_group"] == "IV"
    with selection.office.begin() as uow:
        uow.connection.exec_driver_sql(
            "UPDATE cast_change SET content = replace(convert_from(content, 'UTF8'), '\"IV\"',"
            " '\"II\"')::bytea WHERE candidate = %s", (person,)
        )  # fmt: skip
    assert not selection.office.do("anton", proof.prove, person)[0].holds


def upload(client, content, taken_on="2026-01-04"):
    form = {"file": (io.BytesIO(content), "a.csv"), "taken_on": taken_on}
    return client.post("/register/import", data=form, content_type="multipart/form-data")


def test_a_file_is_looked_at_confirmed_and_imported(selection, hanna):
    answer = upload(hanna, file({}, {"email": "bad"}, {"email": "b@x.org", "passed_group": "V"}))
    assert answer.status_code == 303
    where = answer.headers["Location"]
    text = page(hanna.get(where))
    assert "Import 1 row" in text
    assert "“bad” is no mail address" in text
    assert "“V” is no function group" in text
    with selection.office.begin() as uow:
        assert register.is_empty(uow)
    done = hanna.post(f"{where}/confirm")
    assert done.headers["Location"] == "/register/import?said=extract-imported"
    assert row_of(selection, key_of("ana@example.org")) is not None
    assert row_of(selection, key_of("b@x.org")) is None
    assert hanna.get(f"{where}/progress").json == {"parts": 1000}
    assert hanna.post(f"{where}/confirm").status_code == 404


def test_what_is_wrong_with_a_file_stands_beside_its_field(selection, hanna):
    assert "must not be empty" in page(upload(hanna, b""), 422)
    assert "has not come yet" in page(upload(hanna, file({}), "2026-02-01"), 422)
    text = page(upload(hanna, b"name,email\nAna,a@x.org\n"), 422)
    assert "These columns are missing: profile" in text
    assert 'value="2026-01-04"' in text


def test_a_file_can_be_put_away(selection, hanna):
    where = upload(hanna, file({})).headers["Location"]
    assert hanna.post(f"{where}/put-away").status_code == 303
    assert hanna.get(where).status_code == 404


@pytest.mark.parametrize("path", ["/register", "/register/count", "/register/import"])
@pytest.mark.parametrize("name", ["luisa", "anton"])
def test_only_hr_searches_and_imports(selection, site, name, path):
    assert site.as_(name).get(path).status_code == 403


# --- search ------------------------------------------------------------------------------------


def test_an_empty_register_says_what_to_do(selection, hanna):
    text = page(hanna.get("/register"))
    assert "No extract yet." in text
    assert "/register/import" in text


def test_a_search_says_why_somebody_matches_and_what_to_mind(selection, hanna):
    take(selection, {}, {"name": "Bo <b>", "email": "bo@example.org", "passed_group": "II"},
         {"name": "Cy", "email": "cy@example.org", "result_date": "2016-03-01",
          "refreshed": "2025-01-01", "failed_group": "IV", "test_date": "2025-12-01"})  # fmt: skip
    text = page(hanna.get("/register?group=III&language_1=EN&level_1=B2"))
    assert "Ana Berg" in text
    assert "Bo &lt;b&gt;" not in text
    assert "passed FG IV, which covers FG III" in text
    assert "EN C1, at least B2 asked for" in text
    assert "not refreshed since 1 Jan 2025" in text
    assert "result valid only until 1 Mar 2026" in text
    assert "locked until 1 Apr 2026 after a failed test" in text
    assert "2 people" in text


def test_nobody_matching_says_how_many_would_without_each_criterion(selection, hanna):
    take(selection, {}, {"email": "bo@example.org"}, {"email": "cy@example.org", "profile": "Law"})
    address = "/register?profile=ICT&language_1=FR&level_1=C1"
    text = page(hanna.get(address))
    assert "Nobody matches." in text
    assert 'href="/register?profile=ICT">Without C1 FR</a>: 2' in text
    assert "Without profile ICT" not in text
    counted = page(hanna.get(address.replace("register?", "register/count?")))
    assert 'href="/register?profile=ICT">Without C1 FR</a>: 2' in counted


def test_every_search_that_shows_people_is_recorded_once(selection, hanna):
    take(selection, {}, {"email": "bo@example.org"})
    hanna.get("/register/count?profile=ICT")
    hanna.get("/register?profile=Law")
    hanna.get("/register?profile=ICT")
    with selection.office.begin() as uow:
        (one,) = events.of_stream(uow, "read:register")
    assert b'"search":{"profile":"ICT"},"shown":2' in one.payload


def test_an_old_extract_is_marked_with_its_day(selection, hanna, clock):
    take(selection, {})
    assert "which is old" not in page(hanna.get("/register"))
    clock.move_to(datetime(2026, 2, 4, 12, 0, tzinfo=UTC))
    assert "which is old" not in page(hanna.get("/register"))
    clock.move_to(datetime(2026, 2, 5, 12, 0, tzinfo=UTC))
    assert "The newest extract is of 4 Jan 2026, which is old" in page(hanna.get("/register"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("group=V", "group"), ("test=invite", "group"), ("valid_on=tomorrow", "valid_on"),
        ("level_1=C1", "language_1"), ("language_1=FR&language_2=FR", "language_2"),
        ("experience=-1", "experience"), ("experience=NaN", "experience"),
    ],
)  # fmt: skip
def test_what_is_typed_wrongly_is_said_beside_its_field(selection, hanna, query, field):
    take(selection, {})
    assert f'id="{field}-fault"' in page(hanna.get(f"/register?{query}"))


@pytest.mark.parametrize("sort", ["name", "-result_date", "-experience_years", "refreshed"])
def test_pages_follow_each_other_without_a_gap(selection, hanna, sort):
    people = [{"name": f"P {n:02}", "email": f"p{n}@example.org", "experience_years": str(n % 7)}
              for n in range(60)]  # fmt: skip
    take(selection, *people)
    first = page(hanna.get(f"/register?sort={sort}"))
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    both = first + page(hanna.get(following))
    assert sum(f"p{n}@example.org<" in both for n in range(60)) == 60
    assert both.count('name="person"') == 60


def test_the_search_agrees_with_the_decision_table_of_the_gate(selection):
    days = ["", "2015-12-31", "2016-01-05", "2024-06-03"]
    tests = ["2025-07-05", "2025-09-05", "2025-09-06", "2025-12-01"]
    people = [
        {"email": f"p{a}{b}{c}@x.org", "passed": "yes" if day else "no",
         "passed_group": "III" if day else "", "result_date": day,
         "failed_group": failed, "test_date": tested if failed else ""}
        for a, day in enumerate(days) for b, failed in enumerate(["", "III", "IV"])
        for c, tested in enumerate(tests)
    ]  # fmt: skip
    take(selection, *people)
    with selection.office.begin() as uow:
        known, on = figures.in_force(uow), extracts.today(uow.now)
        digest = definitions.latest(uow, figures.PROCESS)["digest"]
        models = definitions.find(uow, digest).models
        wanted = rows.Wanted(sort="name", after=None, limit=1000)
        everybody = rows.search(uow, Query(), known, on, wanted)
        for group in GROUPS:
            found = {
                kind: {one["id"] for one in rows.search(uow, query, known, on, wanted)}
                for kind, query in (
                    ("GO_INTERVIEW", Query(group=group, valid_on=on)),
                    ("INVITE_TEST", Query(group=group, test="invite")),
                )
            }
            for one in everybody:
                result = _gate(models, one, group, uow.now)
                assert (one["id"] in found["GO_INTERVIEW"]) is (result == "GO_INTERVIEW")
                if result in ("INVITE_TEST", "LOCKED"):
                    assert (one["id"] in found["INVITE_TEST"]) is (result == "INVITE_TEST")


def _gate(models, row, group, now):
    plain = {name: value.isoformat() if isinstance(value, date) else value
             for name, value in row.items() if name in records_columns()}  # fmt: skip
    call = {"function_group": group, "cast_profile": "ICT"}
    return decide(models, "cast_gate", {"cast": plain, "call": call}, now=now).output["result"]


def records_columns():
    return {"registered", "passed", "passed_group", "result_date", "failed_group", "test_date",
            "profile"}  # fmt: skip


# --- long list ---------------------------------------------------------------------------------


def choose(client, *people, call="c1", reason="Knows AI", query="?profile=ICT"):
    form = {"person": list(people), "call": call, "reason": reason}
    return client.post(f"/register{query}", data=form)


@pytest.fixture
def people(selection):
    selection.publish_call()
    take(selection, {}, {"name": "Bo", "email": "bo@example.org"})
    return key_of("ana@example.org"), key_of("bo@example.org")


def test_people_are_added_with_reason_search_letter_and_event(selection, hanna, people):
    text = page(choose(hanna, *people))
    assert "2 people added." in text
    again = page(choose(hanna, people[0]))
    assert "on the list already: Hanna" in again
    listed = page(hanna.get("/calls/c1/long-list"))
    assert "Knows AI" in listed
    assert "profile ICT" in listed
    with selection.office.begin() as uow:
        entry = register.long_listed(uow, "c1", "ANA@example.org")
        call = records.get_call(uow, "c1")
        letters = records.letters(uow, call["case_id"])
        written = [one.payload for one in events.of_stream(uow, "call:c1")]
    assert entry["reason"] == "Knows AI"
    told = [one for one in letters if one["template"] == "interest_invitation"]
    assert sorted(one["to_address"] for one in told) == ["ana@example.org", "bo@example.org"]
    assert "EC/2026/DIGIT/000001" in told[0]["body"]
    assert len(written) == 2


def test_nothing_typed_is_lost_when_something_is_missing(selection, hanna, people):
    text = page(choose(hanna, people[0], reason=" "), 422)
    assert "Say why these people" in text
    assert f'value="{people[0]}" aria-label="Choose Ana Berg" checked' in text
    assert "Choose at least one person" in page(choose(hanna, reason="Knows AI"), 422)
    assert ">Knows AI</textarea>" in page(choose(hanna, reason="Knows AI"), 422)


def test_nobody_is_added_to_a_call_that_is_not_open(selection, hanna, people, clock):
    selection.open_call(id="c2", reference="EC/2026/DIGIT/000002")
    assert "not open: draft" in page(choose(hanna, people[0], call="c2"), 422)
    clock.move_to(datetime(2026, 3, 2, 11, 0, 1, tzinfo=UTC))
    assert "not open: closed" in page(choose(hanna, people[0]), 422)
    assert "No call is open" in page(hanna.get("/register"))


def test_a_person_is_taken_off_with_a_reason_until_they_apply(selection, hanna, people):
    choose(hanna, *people)
    off = {"person": people[1], "reason": "Asked not to be told"}
    refused = page(hanna.post("/calls/c1/long-list/remove", data={"person": people[1]}), 422)
    assert "Say why" in refused
    assert hanna.post("/calls/c1/long-list/remove", data=off).status_code == 303
    assert hanna.post("/calls/c1/long-list/remove", data=off).status_code == 404


def test_whoever_applies_is_shown_and_stays(selection, hanna):
    selection.publish_call()
    take(selection, {"email": "ana0@example.org"})
    person = key_of("ana0@example.org")
    choose(hanna, person)
    selection.apply("Ana Berg", is_registered=False)
    assert "has applied" in page(hanna.get("/calls/c1/long-list?applied=yes"))
    off = {"person": person, "reason": "x"}
    text = page(hanna.post("/calls/c1/long-list/remove", data=off), 409)
    assert "has applied" in text


# --- API ---------------------------------------------------------------------------------------


def test_the_api_imports_searches_and_lists(selection, hanna):
    selection.publish_call()
    body = {"taken_on": "2026-01-04", "name": "a.csv",
            "content": base64.b64encode(file({}, {"email": "bad"})).decode()}  # fmt: skip
    root = "/api/v1/register"
    tried = hanna.post(f"{root}/extracts", json={**body, "dry_run": True})
    assert (tried.status_code, tried.json["added"]) == (200, 1)
    made = hanna.post(f"{root}/extracts", json=body)
    assert (made.status_code, made.json["faults"][0]["code"]) == (201, "bad-address")
    assert hanna.post(f"{root}/extracts", json=body).json["is_known"] is True
    assert hanna.get(f"{root}/extracts").json[0]["added"] == 1
    found = hanna.get(f"{root}/people?group=III&language=EN:B2")
    assert found.headers["X-Total"] == "1"
    (person,) = found.json
    assert person["why"][1] == {"criterion": "language", "language": "EN", "asked": "B2",
                                "found": "C1"}  # fmt: skip
    assert hanna.get(f"{root}/people?language=EN:Z9").status_code == 422
    ask = {"candidates": [person["candidate"]], "reason": "Knows AI"}
    assert hanna.post(f"{root}/calls/c1/long-list", json=ask).status_code == 201
    assert hanna.post(f"{root}/calls/c1/long-list", json=ask).status_code == 409
    assert hanna.get(f"{root}/calls/c1/long-list").json[0]["reason"] == "Knows AI"
    off = {"person": person["candidate"], "reason": "Asked for it"}
    assert hanna.post(f"{root}/calls/c1/long-list/removals", json=off).status_code == 204
    assert hanna.get(f"{root}/calls/c1/long-list").json == []


def test_the_api_pages_by_keyset(selection, hanna):
    take(selection, *[{"email": f"p{n}@x.org", "experience_years": str(n)} for n in range(5)])
    first = hanna.get("/api/v1/register/people?limit=3&sort=-experience_years")
    link = first.headers["Link"].split(">")[0].strip("<")
    years = [one["experience_years"] for one in [*first.json, *hanna.get(link).json]]
    assert years == [4, 3, 2, 1, 0]
