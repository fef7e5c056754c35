"""What moved: marks of streams and inboxes that change with them, read by whoever watches.

Marks are read, not notified: a NOTIFY would make every commit wait for every other
(docs/adr/0007). A mark costs one row of an index, so reading them grows with the pages that are
open and not with the work that is done.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.exc import DBAPIError

from engine import clock
from engine.store.database import Database
from engine.store.prepared import prepared
from engine.store.unit_of_work import UnitOfWork, reading

LOG = logging.getLogger("cursus.live")
#: How far into an inbox is looked, in the order of its deadlines.
DEPTH = 500

# a stream is known by its last number, an inbox by the tasks in it and their deadlines
_MARKS = prepared(
    text(
        f"""
        SELECT stream AS what, seq AS mark FROM stream_head WHERE stream = ANY(:what)
        UNION ALL
        SELECT whom, coalesce(bit_xor(one.mark), 0)
        FROM unnest(CAST(:what AS text[])) AS whom CROSS JOIN LATERAL (
            SELECT uuid_hash_extended(task_id, extract(epoch FROM due_at)::bigint) AS mark
            FROM offer WHERE to_whom = whom ORDER BY due_at, task_id LIMIT {DEPTH}
        ) AS one
        WHERE whom NOT LIKE 'case:%%'
        GROUP BY whom
        """  # noqa: S608  # a number of ours
    ).bindparams(bindparam("what", type_=ARRAY(Text)))
)

_OPENED = prepared(
    text(
        f"""
        SELECT count(DISTINCT one.task_id) AS number
        FROM unnest(CAST(:whom AS text[])) AS whom CROSS JOIN LATERAL (
            SELECT task_id FROM offer WHERE to_whom = whom ORDER BY due_at, task_id LIMIT {DEPTH}
        ) AS one JOIN task ON task.id = one.task_id
        WHERE task.opened_at > :instant
        """  # noqa: S608  # a number of ours
    ).bindparams(bindparam("whom", type_=ARRAY(Text)))
)


def marks(uow: UnitOfWork, what: Collection[str]) -> Mapping[str, int]:
    """Return a mark of each stream ("case:<id>") and inbox ("user:ana", "group:hr_officer").

    What has no event and no task has none.
    """
    return {row["what"]: row["mark"] for row in uow.rows(_MARKS, what=sorted(what))}


def look(database: Database, what: Collection[str]) -> Mapping[str, int] | None:
    """Return the marks as they are now; None while the database does not answer."""
    try:
        with reading(database, now=clock.now()) as uow:
            return marks(uow, what)
    except DBAPIError as error:
        LOG.warning("what moved cannot be read: %s", error)
        return None


def opened_since(uow: UnitOfWork, whom: Sequence[str], instant: datetime) -> int:
    """Count the tasks offered to any of these, as far as their marks go, opened after then."""
    (row,) = uow.rows(_OPENED, whom=list(whom), instant=instant)
    return int(row["number"])
