"""One's own interviews as a calendar, for who sits in panels."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response

from api.cases import record_reading
from api.house import acting
from engine.store import cases as case_rows
from recruitment.invitations import Meeting, own_calendar, summary_of, uid_of
from recruitment.store import interviews
from web.calls_interviews_send import calendar_file
from web.pages import Pages

pages = Pages("interviews", __name__)
#: Interviews of the last weeks stay in it, so that a calendar sees what was called off.
_BACK = timedelta(days=30)


@pages.get("/interviews.ics")
def own_interviews() -> Response:
    """Return the interviews of panels that I sit in. The readings are recorded."""
    with acting() as act:
        rows = interviews.of_member(act.uow, act.actor.name, since=act.uow.now - _BACK)
        for row in rows:
            case = case_rows.get(act.uow, row["case_id"])
            if case is not None:
                record_reading(act, case, "interview in one's own calendar")
        text = own_calendar(_meeting(row, act.uow.now) for row in rows)
    return calendar_file(text, "interviews.ics")


def _meeting(row: Mapping[str, Any], now: datetime) -> Meeting:
    return Meeting(
        uid=uid_of(row["application"]),
        sequence=row["sequence"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        place=row["place"],
        summary=f"{summary_of(row['reference'])}: {row['name']}",
        written_at=now,
        is_cancelled=row["cancelled_at"] is not None,
        organizer=row["mailbox"],
    )
