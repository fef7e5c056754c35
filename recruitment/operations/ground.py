"""What all operations share: the unit of work and the rows they are about."""

from collections.abc import Mapping
from typing import cast

from engine.errors import Invalid, OperationFailed
from engine.operations import Context
from engine.store import UnitOfWork
from recruitment.store import records

Values = Mapping[str, object]


def uow_of(context: Context) -> UnitOfWork:
    """Return the transaction of the case that runs the operation."""
    return cast("UnitOfWork", context.uow)


def application_of(context: Context, key: object) -> Values:
    """Return an application with name and address of its candidate; raise OperationFailed."""
    row = records.get_application(uow_of(context), str(key))
    if row is None:
        raise OperationFailed(f"There is no application {key}", where=context.element)
    return cast("Values", row)


def call_of(context: Context, given: object) -> Values:
    """Return a call by its id, or by what a case knows as `call`; raise Invalid."""
    key = given.get("id") if isinstance(given, Mapping) else given
    row = records.get_call(uow_of(context), str(key))
    if row is None:
        raise Invalid(f"There is no call {key}", where=context.element)
    return cast("Values", row)
