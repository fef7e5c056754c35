"""What the scenarios of some files showed, kept by the content they are about."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.store.tables import definition_trial
from engine.store.unit_of_work import Row, UnitOfWork


def get(uow: UnitOfWork, key: str) -> Row | None:
    """Return the result kept under this key, if there is one."""
    return uow.one(select(definition_trial).where(definition_trial.c.key == key))


def put(uow: UnitOfWork, key: str, result: Mapping[str, Any]) -> None:
    """Keep a result; the same content shows the same, so the first one stays."""
    row = {"key": key, "result": result, "made_at": uow.now}
    uow.write(upsert(definition_trial).values(row).on_conflict_do_nothing())
