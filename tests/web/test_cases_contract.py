"""The contract clock: dates with their derivation, and the six years by the case's own table."""

from datetime import UTC, date, datetime
from functools import lru_cache
from types import SimpleNamespace

import pytest

from cursus import wiring
from engine import kernel
from engine.access import Actor
from engine.kernel import ScopeView
from web import cases_contract

CALL = {
    "site": "LUX", "institution": "Commission", "contract_type": "3b", "contract_period": "P1Y",
}  # fmt: skip
CONTRACT = {"start": "2025-09-01", "end": "2026-08-31"}
POLICY = {"renewal_start": "P6M", "renewal_escalation": "P4M", "renewal_duration": "P2Y"}
ROOT = {
    "call": CALL, "candidate": {"birth_date": "1990-05-01", "spells": []},
    "policy": POLICY, "external_figures": {"six_year_cap": 72, "renewal_decision": "P3M"},
    "contract": CONTRACT, "service": {"attended_on": "2025-09-01"},
}  # fmt: skip


@lru_cache(maxsize=1)
def _definition():
    files = wiring.shipped_files()
    return kernel.load(kernel.collect(files, "recruitment_case"))


def clock(site, *scopes, at="2026-01-05", roles=("hr_officer",), ended=None):
    """Return the clock of a case with these variables, the root's first."""
    head = SimpleNamespace(
        case=SimpleNamespace(ended_at=ended),
        definition=_definition(),
        view=SimpleNamespace(
            scopes=[
                ScopeView(
                    id=None if n == 0 else str(n), element=element, instance=None, variables=v
                )
                for n, (element, v) in enumerate(scopes)
            ]
        ),
    )
    now = datetime.fromisoformat(f"{at}T10:00:00").replace(tzinfo=UTC)
    act = SimpleNamespace(
        uow=SimpleNamespace(now=now),
        shell=wiring.shell(),
        actor=Actor(name="hanna", roles=frozenset(roles)),
    )
    with site.app.test_request_context("/"):
        found = cases_contract.clock_of(act, head)
        return found, {one.title: one for one in found.hands} if found else {}


def root(**changes):
    return (None, {**ROOT, **changes})


def test_only_an_agent_in_service_has_a_clock_and_only_for_those_who_see_data(site):
    assert clock(site, root())[0] is not None
    assert clock(site, root(service=None))[0] is None
    assert clock(site, root(contract=None))[0] is None
    assert clock(site, root(), roles=("panel_member",))[0] is None
    assert clock(site, root(), ended=datetime(2026, 1, 1, tzinfo=UTC))[0] is None


def test_the_end_of_a_contract_is_derived_from_its_period(site):
    _found, hands = clock(site, root())
    until = hands["Contract until"]
    assert until.day == date(2026, 8, 31)
    assert until.derivation
    assert until.derivation[-1].endswith("Mon 31 Aug 2026.")
    # another end was decided by a person: nothing derives it
    _found, hands = clock(site, root(contract={**CONTRACT, "end": "2026-06-30"}))
    assert hands["Contract until"].derivation == ()
    assert hands["Contract until"].note == "as decided"


def test_probation_has_its_end_and_the_day_of_the_report(site):
    probation = {"start": "2025-09-01", "end": "2026-05-31", "period": "P9M"}
    _found, hands = clock(site, root(), ("stage_probation", {"probation": probation}))
    assert hands["Probation until"].day == date(2026, 5, 31)
    assert hands["Probation until"].derivation
    assert hands["Probation report due"].day == date(2026, 4, 30)
    longer = {**probation, "end": "2026-07-15"}
    _found, hands = clock(site, root(), ("stage_probation", {"probation": longer}))
    assert hands["Probation until"].note == "extended (CEOS Art. 84(1))"
    found, hands = clock(site, root(probation_outcome="CONFIRMED"))
    assert "Probation until" not in hands
    assert found.probation == "confirmed"


@pytest.mark.parametrize(
    ("today", "title", "day"),
    [
        ("2026-01-05", "The renewal is prepared from", date(2026, 2, 28)),
        ("2026-03-01", "Reminder of the renewal", date(2026, 4, 30)),
        ("2026-05-01", "Renewal to be decided by", date(2026, 5, 31)),
        ("2026-06-01", "The contract ends", date(2026, 8, 31)),
    ],
)
def test_the_next_step_of_the_renewal_is_the_first_that_is_still_to_come(site, today, title, day):
    dates = {"opens": "2026-02-28", "reminds": "2026-04-30", "due": "2026-05-31"}
    found, _hands = clock(
        site, root(), ("stage_renewal", {"renewal_dates": dates, "contract": CONTRACT}), at=today
    )
    assert (found.next.title, found.next.day) == (title, day)


def test_the_six_years_count_earlier_periods_of_the_same_institution(site):
    spells = [
        {
            "from": "2020-09-01", "to": "2023-08-31", "kind": "contract_agent",
            "contract_type": "3b", "institution": "Commission",
        },
        {
            "from": "2018-09-01", "to": "2019-08-31", "kind": "contract_agent",
            "contract_type": "3b", "institution": "Council",
        },
        {
            "from": "2016-09-01", "to": "2017-08-31", "kind": "contract_agent",
            "contract_type": "3a", "institution": "Commission",
        },
    ]  # fmt: skip
    policy = {**POLICY, "six_year_scope": "INSTITUTION"}
    candidate = {**ROOT["candidate"], "spells": spells}
    found, _hands = clock(site, root(candidate=candidate, policy=policy))
    cap = found.cap
    assert cap.limit == 72 * 30
    assert cap.at_end == (36 + 12) * 30
    assert cap.today == (36 + 4) * 30 + 5
    assert cap.remaining == 24 * 30
    assert cap.legal_basis == "CEOS Art. 88(b)"
    # three years earlier: three are left from the start of this contract
    assert cap.latest == date(2028, 8, 31)


def test_a_renewal_counts_with_what_went_before(site):
    renewed = {"start": "2026-09-01", "end": "2028-08-31", "renewed": True}
    spells = [
        {
            "from": one["start"], "to": one["end"], "kind": "contract_agent",
            "contract_type": "3b", "institution": "Commission",
        }
        for one in (CONTRACT, renewed)
    ]  # fmt: skip
    scope = ("stage_renewal", {"contract": renewed, "service_spells": spells})
    found, hands = clock(site, root(), scope, at="2026-12-31")
    assert hands["Renewed from"].day == date(2026, 9, 1)
    assert hands["Contract until"].derivation
    assert found.cap.at_end == 36 * 30
    assert found.cap.today == 16 * 30
    assert found.cap.latest == date(2031, 8, 31)


def test_a_contract_under_article_3a_has_no_six_years(site):
    found, _hands = clock(site, root(call={**CALL, "contract_type": "3a"}))
    assert found.cap is None
    assert "Article 3a" in found.remark


def test_data_that_make_no_sense_are_said_and_do_not_close_the_file(site):
    found, hands = clock(site, root(contract={"start": "soon", "end": "later"}))
    assert hands == {}
    assert found.remark.startswith("It cannot be computed:")


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "0 days"), (1, "1 day"), (30, "1 month"), (447, "14 months and 27 days")],
)
def test_a_length_is_written_in_months_and_days(site, days, words):
    with site.app.test_request_context("/"):
        assert cases_contract.length(days) == words
