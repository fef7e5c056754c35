"""Every rule of the decision tables D1 to D20, by a row taken from the law and the call."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from engine.decisions import Table, decide, parse
from engine.errors import DecisionRefused
from engine.timelimits.functions import FUNCTIONS

FOLDER = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
#: (decision, context, part of the output)
ROWS = []


@cache
def models():
    return tuple(parse(p.read_bytes(), name=p.name) for p in sorted(FOLDER.glob("*.dmn")))


def take(decision, context):
    return decide(models(), decision, context, functions=FUNCTIONS, now=NOW)


def row(decision, context, **expected):
    ROWS.append((decision, context, expected))


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: these rules take the instant as an argument."""


# D1
NOON = "2025-05-26T12:00:00.000+02:00"


def received(at, *, one_pdf=True, in_order=True, reference=True):
    return {
        "call": {"deadline": NOON},
        "application": {
            "received_at": at,
            "one_pdf": one_pdf,
            "in_order": in_order,
            "reference_in_subject": reference,
        },
    }


row("admissibility", received(NOON), result="ADMISSIBLE", defects=[])
row("admissibility", received("2025-05-26T10:00:00Z"), result="ADMISSIBLE")
row("admissibility", received("2025-05-26T12:00:00.001+02:00"), result="INADMISSIBLE_LATE")
row("admissibility", received("2025-05-26T10:00:00.001Z"), result="INADMISSIBLE_LATE")
row(
    "admissibility",
    received(NOON, one_pdf=False, reference=None),
    result="HUMAN_CHECK",
    defects=["not one PDF file", "no reference in the subject"],
)
row(
    "admissibility",
    received("2025-05-27T00:00:00+02:00", one_pdf=False),
    result="INADMISSIBLE_LATE",
)


# D2
def general(*, born="1990-02-10", nationality="LU", entry="2026-09-01", **application):
    declared = {"full_rights": True, "military_status": "exempt", "references_declared": True}
    return {
        "candidate": {"nationality": nationality, "birth_date": born},
        "application": declared | application,
        "call": {"entry_date": entry},
    }


def not_met(condition, legal_basis):
    return {"condition": condition, "met": False, "legal_basis": legal_basis}


row("general_conditions", general(), result="MET", not_met=[])
row("general_conditions", general(nationality="EL", military_status="fulfilled"), result="MET")
row("general_conditions", general(nationality="CH", nationality_exception=True), result="MET")
row(
    "general_conditions",
    general(nationality="CH"),
    result="NOT_MET",
    not_met=[not_met("nationality", "CEOS Art. 82(3)(a)")],
)
row(
    "general_conditions",
    general(full_rights=False, military_status="not_fulfilled", references_declared=None),
    result="NOT_MET",
    not_met=[
        not_met("full_rights", "CEOS Art. 82(3)(a)"),
        not_met("military_service", "CEOS Art. 82(3)(b)"),
        not_met("character_references", "CEOS Art. 82(3)(c)"),
    ],
)
row("general_conditions", general(born="1960-09-30", entry="2026-09-29"), result="MET")
row("general_conditions", general(born="1960-09-01", entry="2026-09-30"), result="NOT_MET")


# D3
def qualified(group, level="none", **more):
    diploma = {
        "level": level,
        "recognised": more.get("recognised", True),
        "date": more.get("date", "2015-07-01"),
    }
    return {
        "call": {"function_group": group, "contract_type": more.get("contract_type", "3b")},
        "candidate": {
            "diploma": diploma,
            "experience_years": more.get("years", 0),
            "equivalent": more.get("equivalent", "none"),
        },
        "application": {
            "validated_on": "2025-05-20",
            "interest_of_service": more.get("interest", False),
        },
    }


row("qualification", qualified("IV", "university"), result="OK", legal_basis="CEOS Art. 82(2)(c)")
row("qualification", qualified("IV", "university", date="2025-05-20"), result="OK")
row("qualification", qualified("IV", "university", date="2025-05-21"), result="NOT_ELIGIBLE")
row("qualification", qualified("IV", "university", recognised=False), result="NOT_ELIGIBLE")
row("qualification", qualified("IV", equivalent="training", interest=True), result="DEROGATION")
row("qualification", qualified("IV", equivalent="training"), result="NOT_ELIGIBLE")
row("qualification", qualified("IV", equivalent="experience", interest=True), result="NOT_ELIGIBLE")
row("qualification", qualified("IV", "post_secondary", years=30), result="NOT_ELIGIBLE")
row("qualification", qualified("III", "post_secondary"), result="OK")
row("qualification", qualified("II", "university"), result="OK")
row("qualification", qualified("II", "secondary_access", years=3), result="OK")
row("qualification", qualified("II", "secondary_access", years=2.9), result="NOT_ELIGIBLE")
row("qualification", qualified("III", equivalent="experience", interest=True), result="DEROGATION")
row("qualification", qualified("III", "secondary", years=9), result="NOT_ELIGIBLE")
row("qualification", qualified("I", "university"), result="NOT_ELIGIBLE")
row("qualification", qualified("I", "compulsory", contract_type="3a"), result="OK")
row("qualification", qualified("I", contract_type="3a"), result="NOT_ELIGIBLE")


# D4
def speaks(first, second):
    keys = ("code", "level")
    languages = (dict(zip(keys, one.split(), strict=True)) for one in (first, second))
    return {"candidate": dict(zip(("language_1", "language_2"), languages, strict=True))}


row("languages", speaks("EN C1", "FR B2"), result="OK")
row("languages", speaks("MT C2", "GA C1"), result="OK")
row("languages", speaks("NO C2", "FR B2"), result="NOT_ELIGIBLE")
row("languages", speaks("EN B2", "FR C2"), result="NOT_ELIGIBLE")
row("languages", speaks("EN C1", "LB C2"), result="NOT_ELIGIBLE")
row(
    "languages",
    speaks("EN C1", "EN C1"),
    result="NOT_ELIGIBLE",
    reason="the second language is the first one",
)
row("languages", speaks("EN C1", "FR B1"), result="NOT_ELIGIBLE")


# D5, on 15 June 2026
def cast(group="IV", **answer):
    return {
        "cast": {"registered": True, "passed": False} | answer,
        "call": {"function_group": group},
    }


PASS = {"passed": True, "passed_group": "IV", "result_date": "2020-01-10"}
row("cast_gate", cast(registered=False, passed=None), result="NOT_REGISTERED")
row("cast_gate", cast(**PASS), result="GO_INTERVIEW")
row("cast_gate", cast(group="III", **PASS), result="GO_INTERVIEW")
row("cast_gate", cast(**PASS | {"passed_group": "III"}), result="INVITE_TEST")
row("cast_gate", cast(**PASS | {"result_date": "2016-06-15"}), result="GO_INTERVIEW")
row("cast_gate", cast(**PASS | {"result_date": "2016-06-14"}), result="TEST_AGAIN")
row(
    "cast_gate",
    cast(failed_group="IV", test_date="2026-02-16"),
    result="LOCKED",
    locked_until="2026-06-16",
)
row("cast_gate", cast(failed_group="IV", test_date="2026-02-15"), result="INVITE_TEST")
row("cast_gate", cast(failed_group="III", test_date="2026-05-01"), result="LOCKED")
row("cast_gate", cast(group="III", failed_group="IV", test_date="2026-05-01"), result="INVITE_TEST")
row("cast_gate", cast(), result="INVITE_TEST")
row("cast_gate", cast(failed_group="IV", test_date="2024-12-31"), result="INVITE_TEST")


# D6
def panel(*members, first=None):
    keys = ("person", "gender", "unit", "declared", "link")
    people = [dict(zip(keys, member, strict=True)) for member in members]
    return {"panel": {"members": people, "first_members": first}, "call": {"unit": "B1"}}


ANN, BEN = ("ann", "F", "B1", True, "none"), ("ben", "M", "C2", True, "distant")
CAT, DAN = ("cat", "F", "B1", True, "none"), ("dan", "M", "B1", False, "family")
row("panel_composition", panel(ANN, BEN, CAT), result="OK", reasons=[])
row("panel_composition", panel(ANN, BEN, CAT, first=["cat", "ben", "ann"]), result="OK")
row("panel_composition", panel(ANN, BEN, CAT, first=["ann", "ben"]), result="BLOCK")
row("panel_composition", panel(ANN, BEN), result="BLOCK")
row("panel_composition", panel(ANN, CAT, DAN), result="BLOCK")
row("panel_composition", panel(ANN, CAT), result="BLOCK")


# D7
def documents(*received, country="LU", employment=(), **more):
    return {
        "candidate": {
            "diploma": {"country": country},
            "employment": list(employment),
            "military_applicable": more.get("military", False),
            "language_shown_by_diploma": more.get("shown", True),
        },
        "application": {"allowances_claimed": more.get("allowances", False)},
        "contract": {"start": "2026-09-01"},
        "documents": list(received),
    }


def accepted(*kinds):
    return [{"kind": k, "status": "accepted", "issued_on": "2026-03-01"} for k in kinds]


ALWAYS = accepted("identity", "diploma", "criminal_record", "conflict_form")
ALL_OF_IT = {"country": "CH", "employment": ["a", "b"], "military": True, "shown": False}
row("document_checklist", documents(*ALWAYS), complete=True, missing=[], refused=[])
row("document_checklist", documents(), complete=False)
row("document_checklist", documents(**ALL_OF_IT, allowances=True), complete=False)


# D8
for kind, curable, result in [
    ("none", None, "PROCEED"),
    ("potential", None, "PROCEED_WITH_MEASURES"),
    ("actual", True, "MEASURES"),
    ("actual", False, "STOP"),
]:
    row("conflict_of_interest", {"conflict": {"kind": kind, "curable": curable}}, result=result)

# D9
for opinion, committee, result, share in [
    ("fit", None, "FIT", 0),
    ("fit_with_accommodation", None, "FIT", 0),
    ("fit_with_reservation", None, "FIT_CEOS_100", 0),
    ("unfit", "not_requested", "UNFIT_FINAL", 0),
    ("unfit", "confirms", "UNFIT_FINAL", 0.5),
    ("unfit", "does_not_confirm", "FIT", 0),
]:
    medical = {"medical": {"opinion": opinion, "committee": committee}}
    row("medical_outcome", medical, result=result, candidate_share=share)

# D10
for group, years, grade in [
    ("IV", 0, 13),
    ("IV", 4.99, 13),
    ("IV", 5, 14),
    ("IV", 16.99, 14),
    ("IV", 17, 16),
    ("III", 4, 8),
    ("III", 5, 9),
    ("III", 15, 10),
    ("II", 4, 4),
    ("II", 5, 5),
]:
    case = {"call": {"function_group": group}, "experience": {"years": years}}
    row("grade", case, grade=grade)

# D11
PREVIOUS = {
    "grade": 14,
    "step": 2,
    "end": "2026-08-31",
    "seniority_from": "2025-09-01",
    "contract_type": "3b",
}


def contract(previous=None, start="2026-09-01"):
    return {"contract": {"grade": 14, "start": start, "previous": previous}}


row("step", contract(), step=1, seniority_from="2026-09-01")
row("step", contract(PREVIOUS), step=2, seniority_from="2025-09-01")
row("step", contract(PREVIOUS, start="2026-09-16"), step=1, seniority_from="2026-09-16")
row("step", contract(PREVIOUS | {"grade": 13}), step=1)
row("step", contract(PREVIOUS | {"contract_type": "3a"}), step=1)


# D12
def spell(first, last, *, contract_type="3b", institution="COM", kind="contract_agent"):
    return {
        "from": first,
        "to": last,
        "kind": kind,
        "contract_type": contract_type,
        "institution": institution,
    }


def proposed(start, end, *spells, born="1990-01-01", **more):
    return {
        "candidate": {"birth_date": born, "spells": list(spells)},
        "call": {"institution": "COM"},
        "contract": {"start": start, "end": end} | more,
    }


row(
    "six_year_cap",
    proposed("2026-03-01", "2032-02-29"),
    result="ALLOWED",
    max_end="2032-02-29",
    used=0,
    warnings=[],
)
row("six_year_cap", proposed("2026-03-01", "2032-03-01"), result="REFUSE", max_end="2032-02-29")
FOUR = spell("2022-03-01", "2026-02-28")
row(
    "six_year_cap",
    proposed("2026-03-01", "2028-02-29", FOUR),
    result="ALLOWED",
    max_end="2028-02-29",
    used=48,
)
row("six_year_cap", proposed("2026-03-01", "2028-03-01", FOUR), result="REFUSE", used=48)
row(
    "six_year_cap",
    proposed("2026-03-01", "2029-02-28", FOUR | {"contract_type": "3a"}),
    result="ALLOWED",
    used=0,
)
row(
    "six_year_cap",
    proposed("2026-03-01", "2029-02-28", FOUR | {"institution": "EP"}),
    result="ALLOWED",
    used=0,
    warnings=[
        "over six years if all institutions are counted, as the wording of the call would have it"
    ],
)
row(
    "six_year_cap",
    proposed("2026-03-01", "2028-02-29", born="1961-05-10"),
    result="CUT",
    max_end="2027-05-31",
    legal_basis="CEOS Art. 47(a) and 119",
)

# D13
SIX = spell("2020-03-01", "2026-02-28")
row("seven_year_rule", proposed("2026-03-01", "2027-02-28", SIX), result="OK", used=1540)
row("seven_year_rule", proposed("2026-03-01", "2027-03-31", SIX), result="REFUSE", used=1560)
row(
    "seven_year_rule",
    proposed("2026-03-01", "2027-03-31", SIX, derogation=True),
    result="DEROGATION",
)
row(
    "seven_year_rule",
    proposed("2026-03-01", "2027-03-31", SIX | {"kind": "seconded_national_expert"}),
    result="OK",
)

# D14
for end, share_text in [
    ("2027-02-27", "none"),
    ("2027-02-28", "1/3"),
    ("2028-02-28", "1/3"),
    ("2028-02-29", "2/3"),
    ("2029-02-28", "full"),
]:
    dates = {"contract": {"start": "2026-03-01", "end": end}}
    row("installation_allowance", dates, share_text=share_text, minimum_single=703.36)


# D15
def probation(group, end="2027-02-15"):
    return {
        "contract": {"start": "2026-02-16", "end": end},
        "call": {"function_group": group},
    }


row(
    "probation_period",
    probation("IV"),
    applies=True,
    period="P9M",
    end="2026-11-15",
    report_due="2026-10-15",
    latest_end="2027-05-15",
)
row("probation_period", probation("I"), applies=True, period="P6M", end="2026-08-15")
row("probation_period", probation("IV", end="2027-02-14"), applies=False, period=None, end=None)


# D16
def absent(first, last, cause="sickness", end="2027-02-28", contract_end="2027-05-31"):
    return {
        "absence": {"cause": cause, "from": first, "to": last},
        "probation": {"start": "2026-06-01", "end": end},
        "contract": {"end": contract_end},
    }


row(
    "absence",
    absent("2026-10-01", "2026-11-14"),
    result="MAY_EXTEND",
    days=45,
    new_end="2027-04-14",
    latest_end="2027-08-31",
    beyond_contract=False,
)
row("absence", absent("2026-10-01", "2026-11-14", contract_end="2027-03-31"), beyond_contract=True)
row(
    "absence",
    absent("2026-07-01", "2027-02-28", cause="maternity"),
    result="MAY_EXTEND",
    new_end="2027-08-31",
)
row("absence", absent("2027-02-01", "2027-02-28"), result="MAY_EXTEND", days=28)
row("absence", absent("2026-09-01", "2026-09-29"), result="NO_EXTENSION", new_end="2027-02-28")
row("absence", absent("2026-10-01", "2026-11-14", cause="parental"), result="NO_EXTENSION")


# D17
def report(recommendation, decision=None, *, closed=True, ground=False):
    return {
        "report": {
            "recommendation": recommendation,
            "comments_closed": closed,
            "decision": decision,
        },
        "probation": {"ground": ground, "start": "2026-02-16", "last_day": "2026-11-15"},
        "contract": {"basic_pay": 4449.31},
    }


row("probation_outcome", report("satisfactory"), result="CONFIRMED", compensation=0)
row("probation_outcome", report("extension", "extend", ground=True), result="EXTENDED")
row("probation_outcome", report("extension", "extend"), result="HUMAN")
row("probation_outcome", report("extension", "not_extend", ground=True), result="HUMAN")
row(
    "probation_outcome",
    report("dismissal", "dismiss"),
    result="DISMISSED",
    months=9,
    compensation=13347.93,
    legal_basis="CEOS Art. 84(3) and (4)",
)
row("probation_outcome", report("dismissal", "not_dismiss"), result="CONFIRMED")
row("probation_outcome", report("dismissal", "extend"), result="HUMAN")
row("probation_outcome", report("dismissal", "dismiss", closed=False), result="WAIT")


# D18
def renewal(cap="ALLOWED", seven="OK", outcome="CONFIRMED", **more):
    return {
        "six_year_cap": {"result": cap, "max_end": more.get("max_end", "2032-08-31")},
        "seven_year_rule": {"result": seven},
        "probation": {"outcome": outcome},
        "renewal": {"need": more.get("need", True), "budget": more.get("budget", True)},
        "contract": {"start": "2026-09-01"},
    }


row("renewal", renewal(), result="OFFER", end="2028-08-31", below_minimum=False)
row("renewal", renewal(max_end="2026-10-31"), result="OFFER", end="2026-10-31", below_minimum=True)
row("renewal", renewal(outcome="NOT_APPLICABLE", seven="DEROGATION"), result="OFFER")
row("renewal", renewal(cap="REFUSE"), result="REFUSE", legal_basis="CEOS Art. 88(b) and 47(a)")
row("renewal", renewal(cap="CUT"), result="REFUSE")
row("renewal", renewal(seven="REFUSE"), result="REFUSE", legal_basis="C(2004)1597/6")
row("renewal", renewal(outcome="EXTENDED"), result="WAIT")
row("renewal", renewal(outcome=None), result="WAIT")
row("renewal", renewal(need=False), result="NOT_RENEW")
row("renewal", renewal(budget=False), result="NOT_RENEW")


# D19
def notice(by, start, *, renewed=False, absence="none", sick_months=None):
    return {
        "notice": {
            "by": by,
            "given_on": "2026-06-15",
            "absence": absence,
            "sick_months": sick_months,
        },
        "service": {"start": start},
        "contract": {"renewed": renewed},
    }


row("notice_period", notice("agent", "2026-01-01"), months=1, period="P1M", running=True)
row("notice_period", notice("agent", "2024-01-01"), months=2, allowance_share=0)
row("notice_period", notice("agent", "2021-01-01"), months=3)
row("notice_period", notice("agent", "2021-01-01", renewed=True), months=5)
row("notice_period", notice("institution", "2018-01-01", renewed=True), months=6)
row("notice_period", notice("institution", "2018-01-01"), months=3)
row("notice_period", notice("institution", "2025-01-01", absence="pregnancy"), running=False)
row("notice_period", notice("agent", "2025-01-01", absence="sick", sick_months=3), running=False)
row("notice_period", notice("agent", "2025-01-01", absence="sick", sick_months=4), running=True)

# D20
for category, outcome, hold, result, until in [
    ("application", "not_selected", True, "KEEP", None),
    ("application", "not_selected", False, "DESTROY_AFTER", "2028-06-30"),
    ("application", "reserve_list", False, "DESTROY_AFTER", "2028-12-31"),
    ("application", "recruited", False, "PERSONAL_FILE", None),
    ("medical", None, False, "MEDICAL_SERVICE_ONLY", None),
    ("criminal_record", "recruited", False, "RETURN_OR_DESTROY", None),
]:
    record = {
        "category": category,
        "outcome": outcome,
        "legal_hold": hold,
        "closed_on": "2026-06-30",
        "list_valid_until": "2027-12-31",
    }
    row("retention", {"record": record}, result=result, keep_until=until)

# CEOS Art. 93
PAY = {
    13: [4449.31, 4541.86, 4636.31, 4732.75, 4831.14, 4931.62, 5034.18],
    14: [5034.18, 5138.87, 5245.74, 5354.82, 5466.21, 5579.84, 5695.87],
    16: [6444.59, 6578.60, 6715.41, 6855.06, 6997.63, 7143.17, 7291.72],
    15: [5695.87, None],
    17: [7291.72],
    18: [8250.16],
    9: [None],
}
for grade, amounts in PAY.items():
    for step, amount in enumerate(amounts, start=1):
        row("basic_pay", {"contract": {"grade": grade, "step": step}}, amount=amount)

# section 13
ROWS.extend((table, {}, {}) for table in ("policy_parameters", "external_figure_values"))
row("policy", {}, offer_term="P10D", document_deadline="15 wd", site="LUX", entry_days=[1, 16])
row("external_figures", {}, cast_lock="P4M", retention_not_selected="P2Y", six_year_cap=72)


@pytest.mark.parametrize(("decision", "context", "expected"), ROWS)
def test_a_row_of_the_law_comes_out_as_written(decision, context, expected):
    output = take(decision, context).output
    assert output is not None
    assert {key: output[key] for key in expected} == expected


def test_every_rule_of_every_table_is_hit_by_a_row():
    hit = set()
    for decision, context, _ in ROWS:
        waiting = [take(decision, context)]
        while waiting:
            decided = waiting.pop()
            hit |= {(decided.decision, number) for number in decided.matched}
            waiting += decided.required
    rules = {
        (decision.id, rule.number)
        for model in models()
        for decision in model.decisions.values()
        if isinstance(decision.logic, Table)
        for rule in decision.logic.rules
    }
    assert rules - hit == set()


def test_each_file_holds_the_decision_of_its_name():
    assert [m.name for m in models() if m.name.removesuffix(".dmn") not in m.decisions] == []
    assert len(models()) == 23


@pytest.mark.parametrize(
    ("decision", "context"),
    [
        ("medical_outcome", {"medical": {"opinion": "unfit", "committee": None}}),
        ("probation_outcome", report("dismissal")),
        ("probation_outcome", report("extension", ground=True)),
        ("admissibility", received(None)),
        ("absence", absent("2026-10-01", None)),
        ("conflict_of_interest", {"conflict": {"kind": "actual"}}),
    ],
)
def test_what_is_not_known_yet_decides_nothing(decision, context):
    decided = take(decision, context)
    assert decided.output is None
    assert decided.matched == ()


def test_the_panel_is_blocked_with_all_its_reasons():
    reasons = take("panel_composition", panel(ANN, DAN, first=["ann"])).output["reasons"]
    assert [one["reason"] for one in reasons] == [
        "the panel has too few members",
        "no member comes from outside the unit",
        "a declaration of conflicts is missing",
        "a member has a family or hierarchical link to a candidate",
        "the members are not those of the first interview",
    ]


def test_the_checklist_asks_for_each_period_of_employment():
    proof = {"kind": "employment_proof", "number": 1, "status": "accepted"}
    refused = {"kind": "employment_proof", "number": 2, "status": "refused"}
    output = take("document_checklist", documents(*ALWAYS, proof, refused, **ALL_OF_IT)).output
    assert [one["kind"] for one in output["missing"]] == [
        "diploma_equivalence",
        "military_status",
        "language_proof",
    ]
    assert [(one["kind"], one["number"]) for one in output["refused"]] == [("employment_proof", 2)]
    assert output["complete"] is False


@pytest.mark.parametrize(("issued_on", "complete"), [("2026-03-01", True), ("2026-02-28", False)])
def test_a_criminal_record_is_at_most_six_months_old_at_entry(issued_on, complete):
    papers = [p | {"issued_on": issued_on} for p in ALWAYS]
    assert take("document_checklist", documents(*papers)).output["complete"] is complete


def test_a_value_nobody_foresaw_is_refused_rather_than_decided():
    with pytest.raises(DecisionRefused, match="none of"):
        take("grade", {"call": {"function_group": "V"}, "experience": {"years": 3}})
