"""The address of the database and its pool of connections."""

import os
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import URL

from engine.store import embedded
from engine.store.prepared import dumps


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database, 15 or later, and its pool of connections."""

    engine: Engine
    url: URL


def connect(url: URL | str, *, pool_size: int = 10) -> Database:
    """Open a pool of connections to the database at this address."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        address,
        pool_size=pool_size,
        max_overflow=pool_size,
        # the connection used last has its statements prepared
        pool_use_lifo=True,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        # the kernel's work happens between reads and the commit; nothing relies on a snapshot
        isolation_level="READ COMMITTED",
        # short statements: to compile one takes longer than to run it
        connect_args={"options": "-c jit=off"},
    )
    return Database(engine=engine, url=address)


def address(*, data: Path, keep_running: bool = False) -> URL:
    """Return `CURSUS_DATABASE_URL`, or start the embedded server on the folder."""
    configured = os.environ.get("CURSUS_DATABASE_URL")
    if configured:
        return make_url(configured).set(drivername="postgresql+psycopg")
    return embedded.start(data, keep_running=keep_running)
