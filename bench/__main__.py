"""Measure everything in one run and print one table; exit with 1 when a figure is missing."""

import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench import completion, house, inbox, kernel_step, pages, small, startup, timers
from bench.figures import Figure, Measured, Missing
from bench.house import Bench


def main() -> int:
    """Run all measurements, each on its own, and print the table."""
    warnings.simplefilter("ignore")
    # a table that is not read on a screen keeps its columns whole
    console = Console(width=None if sys.stdout.isatty() else 170)
    with tempfile.TemporaryDirectory() as folder:
        bench = house.prepare(Path(folder) / "data")
        console.print(_machine(bench), highlight=False)
        measured: dict[str, Callable[[], Measured]] = {
            "kernel": kernel_step.measure,
            "completion": lambda: completion.measure(bench),
            "details": lambda: small.measure(bench),
            "timers": lambda: timers.measure(bench),
            "inbox": lambda: inbox.measure(bench),
            "pages": lambda: pages.measure(bench),
            "start-up": startup.measure,
        }
        wanted = sys.argv[1:] or list(measured)
        found = [one for name in wanted for one in _all(name, measured[name])]
        bench.database.engine.dispose()
    console.print(_table(found))
    missing = [one for one in found if isinstance(one, Missing)]
    for one in missing:
        console.print(f"{one.name}: not measured: {one.reason}", markup=False)
    return 1 if missing else 0


def _all(name: str, measure: Callable[[], Measured]) -> list[Figure | Missing]:
    found: list[Figure | Missing] = []
    try:
        found.extend(measure())
    except Exception as error:  # the other figures are still worth having
        found.append(Missing(name=name, reason=f"{type(error).__name__}: {error}"))
    return found


def _machine(bench: Bench) -> str:
    with bench.database.engine.connect() as connection:
        version, fsync, commit = (
            connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("server_version", "fsync", "synchronous_commit")
        )
    return (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, "
        f"embedded PostgreSQL {version} (fsync {fsync}, synchronous_commit {commit})"
    )


def _table(found: list[Figure | Missing]) -> Table:
    table = Table("figure", title="Budget of Cursus")
    for heading in ("value", "unit", "floor", "ratio"):
        table.add_column(heading, justify="left" if heading == "unit" else "right", no_wrap=True)
    for heading in ("the floor is", "budget", "holds"):
        table.add_column(heading)
    for one in found:
        if isinstance(one, Missing):
            table.add_row(one.name, "-", "", "", "", one.reason, "", "[red]not measured[/red]")
            continue
        table.add_row(
            one.name,
            _number(one.value),
            one.unit,
            "" if one.floor is None else _number(one.floor),
            "" if one.ratio is None else f"{one.ratio:.2f}",
            one.beside,
            one.budget,
            {None: "", True: "[green]yes[/green]", False: "[red]no[/red]"}[one.holds],
        )
    return table


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004  # three digits


if __name__ == "__main__":
    sys.exit(main())
