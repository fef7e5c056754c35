"""One step of the kernel: load, run, dump."""

import statistics

import orjson
import zstandard

from bench import fixtures
from bench.figures import Figure, Measured, median

STEP_MS, STORED_BYTES, LINEAR = 2.0, 12_000, 1.5


def measure() -> Measured:
    """Live a short and a long case of 47 nodes with 10 kB of data."""
    life = fixtures.life_of_47()
    definition, payload = life.definition(), life.payload()
    life.life(definition)
    taken: list[float] = []
    for _ in range(5):
        step, seconds, sizes = life.life(definition)
        assert step.ended.element == "done"
        taken += seconds
    _, long, _ = life.life(definition, renewals=150)
    packed = zstandard.ZstdCompressor(level=3).compress(orjson.dumps(payload))

    def copy() -> None:
        found = orjson.loads(zstandard.ZstdDecompressor().decompress(packed))
        zstandard.ZstdCompressor(level=3).compress(orjson.dumps(found))

    value = statistics.median(taken) * 1e3
    yield Figure(
        name=f"kernel step, 47 nodes, {len(orjson.dumps(payload)) / 1000:.1f} kB",
        value=value,
        unit="ms",
        floor=median(copy, times=200) * 1e3,
        beside="unpack and pack the same data",
        budget=f"≤ {STEP_MS:.0f} ms",
        holds=value <= STEP_MS,
    )
    yield Figure(
        name="stored per case, at most",
        value=max(sizes),
        unit="bytes",
        floor=len(packed),
        beside="the data alone, packed",
        budget=f"≤ {STORED_BYTES}",
        holds=max(sizes) <= STORED_BYTES,
    )
    # the same kinds of steps, of the first and of the last rounds of 150
    rounds = len(long) // 3
    early, late = statistics.mean(long[15:rounds]), statistics.mean(long[-rounds:-10])
    yield Figure(
        name=f"step at the end of {len(long)} steps",
        value=late * 1e3,
        unit="ms",
        floor=early * 1e3,
        beside="the same steps of the first third",
        budget="linear",
        holds=late <= early * LINEAR,
    )
