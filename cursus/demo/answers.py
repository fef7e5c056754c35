"""What the made-up people answer in each form: the first choice, unless the plan says otherwise."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from cursus.demo.candidates import Plan
from engine.timelimits import service_end

ZONE = ZoneInfo("Europe/Brussels")
#: Panels sit on weekdays and begin an interview at these hours.
INTERVIEWS = range(9, 17)
SATURDAY = 5
TEXT = "Recorded for the demonstration; the grounds stand in the file."
Submission = dict[str, object]
#: Kinds of components that hold no answer.
_SILENT = frozenset({"text", "html", "image", "separator", "spacer", "button", "dynamiclist"})


@dataclass(frozen=True, kw_only=True)
class Question:
    """A form to be answered: by whom it is about, what it sees, and when."""

    element: str
    #: None for the call itself
    plan: Plan | None
    seen: Mapping[str, Any]
    now: datetime

    @property
    def kind(self) -> str:
        """What the candidate is there to show."""
        return self.plan.kind if self.plan else ""

    @property
    def today(self) -> date:
        """The day in Brussels."""
        return self.now.astimezone(ZONE).date()

    def days(self, count: int) -> str:
        """Return the ISO date so many days from today."""
        return (self.today + timedelta(days=count)).isoformat()


def answer(form: bytes, question: Question) -> Submission:
    """Fill a form: required fields by their kind, then what the plan says of this element."""
    schema = json.loads(form)
    filled = _fill(schema["components"], question)
    special = ANSWERS.get(question.element)
    return {**filled, **(special(question) if special else {})}


def _fill(components: list[dict[str, Any]], question: Question) -> Submission:
    filled: Submission = {}
    for one in components:
        if one["type"] == "group":
            inner = _fill(one["components"], question)
            filled.update({one["path"]: inner} if one.get("path") else inner)
        elif one["type"] not in _SILENT and one.get("validate", {}).get("required"):
            filled[one["key"]] = _value(one, question)
    return filled


def _value(  # noqa: PLR0911  # one line per kind of component
    component: Mapping[str, Any], question: Question
) -> object:
    kind, bounds = component["type"], component.get("validate", {})
    if kind == "number":
        return bounds.get("min", 1)
    if kind in ("radio", "select"):
        return component["values"][0]["value"]
    if kind == "checkbox":
        return True
    if kind == "datetime":
        is_day = component.get("subtype") == "date"
        return question.days(0) if is_day else question.now.isoformat()
    if kind == "filepicker":
        return ["demonstration"]
    if kind in ("checklist", "taglist"):
        return [component["values"][0]["value"]]
    return TEXT[: bounds.get("maxLength", len(TEXT))]


#: What every candidate is asked: criterion, question, weight.
CRITERIA = (
    ("AI governance", "How would you assess the risk of a system before it goes live?", 3),
    ("Regulation in practice", "Tell us of a rule that you had to enforce against resistance.", 2),
    ("Working with others", "Two units want opposite things. What do you do on the first day?", 1),
    ("Communication in English", "Explain model drift to a head of unit in two minutes.", 1),
)
#: How far the members lie from what they agree in the end, criterion by criterion.
LEANINGS: Mapping[str, tuple[float, ...]] = {
    "pavel": (0.0, 0.4, 0.0, -0.4),
    "petra": (0.6, -0.6, 0.0, 0.4),
    "peter": (-0.6, 0.0, 0.6, -1.2, 0.0),
}
EVIDENCE = (
    "Named the steps in order and gave an example of the last year.",
    "Answered from the book; the example came only when asked for.",
    "Weighed both sides and said where the limits of the method lie.",
    "Short and to the point; knew the text of the regulation.",
)


# --- before the interview --------------------------------------------------------------------


def _draft_call(question: Question) -> Submission:
    call = question.seen["call"]
    keys = (
        "reference", "title", "unit", "institution", "place", "site", "function_group",
        "contract_type", "cast_profile", "deadline", "entry_date", "selection_language",
        "mailbox", "posts", "criteria", "list_validity",
    )  # fmt: skip
    return {key: call[key] for key in keys if call.get(key) is not None}


def _register(question: Question) -> Submission:
    plan = cast("Plan", question.plan)
    weak = question.kind == "ineligible" and plan.nationality != "CH"
    began = date(2025 - plan.experience, 3, 1)
    return {
        "nationality": plan.nationality,
        "birth_date": plan.born.isoformat(),
        "full_rights": True,
        "military_status": "not_applicable",
        "references_declared": True,
        "diploma_level": "secondary" if weak and plan.number % 4 == 1 else "university",
        "diploma_country": "FR",
        "diploma_recognised": True,
        "diploma_date": f"{began.year - 1}-07-01",
        "experience_years": plan.experience,
        "equivalent": "none",
        "language_1": "FR",
        "level_1": "C2",
        "language_2": "EN",
        "level_2": "B1" if weak and plan.number % 4 == 3 else "C1",  # noqa: PLR2004  # every other
        "language_shown_by_diploma": True,
        "allowances_claimed": False,
        "employment": [
            {
                "employer": "An earlier employer",
                "from": began.isoformat(),
                "to": "2025-02-28",
                "occupation": 100,
            }
        ],
        "spells": [],
    }


def _shortlist(question: Question) -> Submission:
    wanted = question.kind != "not_shortlisted"
    criteria = question.seen["call"].get("criteria") or []
    return {
        "decision": "shortlist" if wanted else "not_shortlist",
        "merits": [
            {"criterion": one["criterion"], **_merit(question, place, wanted=wanted)}
            for place, one in enumerate(criteria)
        ],
    }


def _merit(question: Question, place: int, *, wanted: bool) -> Submission:
    """Judge a criterion: who is shortlisted meets all but one, the others fail the essential."""
    number = (question.plan.number if question.plan else 0) + place
    if wanted:
        is_open = place == 4  # noqa: PLR2004  # the last criterion of the call
        finding, code, points = ("ask", "A1", 3) if is_open else ("met", f"M{1 + number % 2}", 4)
    else:
        is_met = place == 2  # noqa: PLR2004  # one asset is shown
        finding, code, points = ("met", "M2", 3) if is_met else ("not_met", f"N{1 + number % 4}", 1)
    evidence = f"CV, page 1: {question.plan.experience if question.plan else 0} years described"
    return {"finding": finding, "code": code, "points": points, "page": 1, "evidence": evidence}


def _panel(_question: Question) -> Submission:
    members = (
        ("pavel", "Pavel Šťastný", "m", True),
        ("petra", "Petra Nowak", "f", False),
        ("peter", "Peter Byrne", "m", False),
    )
    return {
        "members": [
            {
                "person": person,
                "name": name,
                "gender": gender,
                "unit": "HR.A.2" if person == "petra" else "DIGIT.B.1",
                "grade": "AD9",
                "chair": chair,
            }
            for person, name, gender, chair in members
        ],
        "criteria": [
            {"criterion": criterion, "question": asked, "weight": weight}
            for criterion, asked, weight in CRITERIA
        ],
    }


def _schedule(question: Question) -> Submission:
    """Take an hour of the day by the candidate's number; after a refusal the next one."""
    slot = question.seen.get("slot")
    if question.seen.get("clash") and isinstance(slot, Mapping):
        at = datetime.fromisoformat(str(slot["interview_at"])).astimezone(ZONE) + timedelta(hours=1)
    else:
        number = question.plan.number if question.plan else 0
        at = question.now.astimezone(ZONE) + timedelta(days=20)
        at = at.replace(hour=INTERVIEWS[number % len(INTERVIEWS)], minute=0, second=0)
    at = at.replace(microsecond=0)
    if at.hour not in INTERVIEWS:
        at = at.replace(hour=INTERVIEWS.start) + timedelta(days=1)
    while at.weekday() >= SATURDAY:
        at += timedelta(days=1)
    return {"interview_at": at.isoformat(), "place": "Luxembourg", "language": "EN"}


def _score(question: Question) -> Submission:
    """Score around what the panel will agree: each member sees it a little otherwise."""
    around = (question.plan.score if question.plan else None) or 3.0
    member = str((question.seen.get("member") or {}).get("person") or "")
    number = question.plan.number if question.plan else 0
    criteria = question.seen["panel"]["criteria"]
    return {
        "ratings": [
            {
                "criterion": one["criterion"],
                "points": _points(around, member, number + place),
                "evidence": EVIDENCE[(number + place + sum(map(ord, member))) % len(EVIDENCE)],
            }
            for place, one in enumerate(criteria)
        ]
    }


def _points(around: float, member: str, turn: int) -> int:
    leaning = LEANINGS.get(member, (0.0,))
    return max(0, min(5, round(around + leaning[turn % len(leaning)])))


def _consensus(question: Question) -> Submission:
    score = (question.plan.score if question.plan else None) or 3
    suitable = question.kind != "not_selected"
    return {"score": score, "suitable": "yes" if suitable else "no"}


# --- from the documents to the contract ------------------------------------------------------


def _check_document(question: Question) -> Submission:
    return {"result": "accepted", "issued_on": question.days(-20)}


def _verify(question: Question) -> Submission:
    plan = cast("Plan", question.plan)
    began = date(2025 - plan.experience, 3, 1)
    return {
        "statements": [{"statement": "University diploma", "verdict": "proved"}],
        "degree_on": f"{began.year - 1}-07-01",
        "periods": [
            {
                "employer": "An earlier employer",
                "from": began.isoformat(),
                "to": "2025-02-28",
                "occupation": 100,
                "proof": "Certificate",
            }
        ],
        "all_proved": "yes",
    }


def _visit(question: Question) -> Submission:
    day = question.now.astimezone(ZONE) + timedelta(days=7)
    at = day.replace(hour=9, minute=0, second=0, microsecond=0)
    return {"visit_at": at.isoformat(), "place": "Luxembourg"}


def _opinion(question: Question) -> Submission:
    return {"attended": "yes", "opinion": "unfit" if question.kind == "unfit" else "fit"}


def _start_date(question: Question) -> Submission:
    day = question.today + timedelta(days=20)
    while day.day not in (1, 16):
        day += timedelta(days=1)
    return {"start": day.isoformat(), "agreed": True}


# --- employment ------------------------------------------------------------------------------


def _next_end(question: Question) -> str:
    """Ten months, so that six renewals reach the ceiling of six years."""
    begins = date.fromisoformat(str(question.seen["renewal_dates"]["next_start"]))
    return service_end(begins, "P10M").day.isoformat()


def _wanted(question: Question) -> Submission:
    return {"need": "yes", "budget": "yes", "wanted_end": _next_end(question)}


def _as_proposed(question: Question) -> Submission:
    """Follow the proposal of the decision table (D18)."""
    is_offer = question.seen["renewal_proposal"]["result"] == "OFFER"
    verdict = "offer" if is_offer else "not_renew"
    end = str(question.seen["proposed"]["end"])
    return {"end": end, "advice": verdict, "decision": verdict}


ANSWERS: Mapping[str, Callable[[Question], Submission]] = {
    "draft_call": _draft_call,
    "check_format": lambda q: {"decision": "refuse" if q.kind == "malformed" else "accept"},
    "register_application": _register,
    "shortlist_candidate": _shortlist,
    "set_up_panel": _panel,
    "schedule_interview": _schedule,
    "score_candidate": _score,
    "record_consensus": _consensus,
    "record_candidate_declaration": lambda _q: {"links": []},
    "chase_cast_result": lambda _q: {"decision": "close"},
    "check_document": _check_document,
    "verify_statements": _verify,
    "register_conflict_form": lambda _q: {"declares_interest": "no", "document": "form"},
    "schedule_medical_visit": _visit,
    "give_medical_opinion": _opinion,
    "convene_medical_committee": lambda q: {
        "doctor_1": "Dr Weiss", "doctor_2": "Dr Lund", "doctor_3": "Dr Costa",
        "meets_on": q.days(10),
    },
    "record_committee_opinion": lambda _q: {
        "first_officer_heard": True, "own_doctor_opinion": "not_filed", "conclusion": "confirms",
        "costs": 900,
    },
    "establish_cost_note": lambda _q: {"amount": 450},
    "set_start_date": _start_date,
    "establish_installation_allowance": lambda _q: {
        "entitled": "yes", "household": "no", "amount": 703.36,
    },
    "set_objectives": lambda _q: {"objectives": [{"objective": "Run the AI governance desk"}]},
    "record_outside_activities": lambda _q: {"declared": "no"},
    "record_spouse_activity": lambda _q: {"employed": "no"},
    "write_probation_report": lambda _q: {"recommendation": "satisfactory"},
    "give_renewal_opinion": _wanted,
    "check_renewal": lambda q: {k: v for k, v in _as_proposed(q).items() if k != "decision"},
    "decide_renewal": lambda q: {k: v for k, v in _as_proposed(q).items() if k != "advice"},
}  # fmt: skip
