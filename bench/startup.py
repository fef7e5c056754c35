"""From the command to the first page, on a data folder that was used before."""

import tempfile
import time
from pathlib import Path

from bench.figures import Figure, Measured, Missing
from bench.house import answered, config, floor, free_port, product
from cursus import wiring

BUDGET_S = 5.0


def measure() -> Measured:
    """Initialise a folder by a first start, then measure the second."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        wiring.database(config(data)).engine.dispose()
        command = "run"
        if first_page(command, data) is None:
            command = "serve"
        found = first_page(command, data)
        beside = _floor(data)
    if found is None or beside is None:
        yield Missing(name="start-up", reason=f"cursus {command} showed no page in 60 seconds")
        return
    # "run" ends when a shipped process does not pass the gate
    name = f"start-up to the first page, cursus {command}"
    yield Figure(
        name=name if command == "run" else f"{name} (cursus run ended before)",
        value=found,
        unit="s",
        floor=beside,
        beside="bare Flask under gunicorn, the same server",
        budget=f"≤ {BUDGET_S:.0f} s",
        holds=found <= BUDGET_S,
    )


def first_page(command: str, data: Path) -> float | None:
    """Return the seconds until the first page; None when the product ended before."""
    port = free_port()
    begun = time.perf_counter()
    process = product(command, data, port)
    try:
        found = answered(process, port, within=60)
        return time.perf_counter() - begun if found else None
    finally:
        process.terminate()
        process.wait(30)


def _floor(data: Path) -> float | None:
    port = free_port()
    begun = time.perf_counter()
    process = floor(data, port)
    try:
        return time.perf_counter() - begun if answered(process, port, within=60) else None
    finally:
        process.terminate()
        process.wait(30)
