"""A stream of two hundred events and its export, for the tests of this folder."""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import shake_128

from engine.history import (
    GENESIS,
    SALT_BYTES,
    EventKind,
    Fields,
    Sealed,
    canonical,
    commit,
    erasure,
    instant,
    seal,
)

NAME = "case:0f8fad5b-d9cb-469f-a165-70867728950e"
COUNT = 200
ERASED = (50, 51)
ERASING = 52
RULE = "retention:P2Y"
KEY = bytes(range(32))


def content(seq):
    if seq == ERASING:
        return erasure(ERASED, under=RULE)
    return {"command": {"kind": "complete", "variables": {"name": f"Zoë {seq}", "score": seq / 4}}}


def fields(seq, stream=NAME):
    return Fields(
        stream=stream,
        seq=seq,
        at=datetime(2026, 3, 28, 23, 59, 59, 5, tzinfo=UTC) + timedelta(minutes=seq),
        actor=f"officer{seq % 7}",
        on_behalf_of="authority" if seq % 5 == 0 else None,
        kind=EventKind.PAYLOAD_ERASED if seq == ERASING else EventKind.TASK_COMPLETED,
        element=f"task_{seq % 11}" if seq % 3 else None,
        definition="ab" * 32,
    )


def sealed(known, payload, previous):
    salt = shake_128(f"{known.stream}{known.seq}".encode()).digest(SALT_BYTES)
    data = canonical(payload)
    commitment = commit(data, salt)
    return Sealed(
        fields=known,
        commitment=commitment,
        previous=previous,
        hash=seal(known, commitment, previous),
        salt=salt,
        payload=data,
    )


def make(count=COUNT, stream=NAME):
    events, previous = [], GENESIS
    for seq in range(1, count + 1):
        events.append(sealed(fields(seq, stream), content(seq), previous))
        previous = events[-1].hash
    for seq in ERASED:
        if count >= ERASING:
            gone = replace(events[seq - 1], salt=None, payload=None, erased_under=RULE)
            events[seq - 1] = gone
    return tuple(events)


def line(event):
    return {
        **event.fields.as_json(),
        "commitment": event.commitment.hex(),
        "previous": event.previous.hex(),
        "hash": event.hash.hex(),
        "salt": event.salt.hex() if event.salt else None,
        "payload": event.payload.decode() if event.payload else None,
        "erased_under": event.erased_under,
    }


def manifest(events):
    return {
        "format": "cursus-history-1",
        "stream": NAME,
        "events": len(events),
        "head": events[-1].hash.hex() if events else None,
    }


def checkpoint(signed, heads):
    return {
        "at": instant(signed.at),
        "size": signed.size,
        "root": signed.root.hex(),
        "public_key": signed.public_key.hex(),
        "signature": signed.signature.hex(),
        "heads": [[one.stream, one.seq, one.hash.hex()] for one in heads],
    }


def write(path, lines, about, signed=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(about))
        archive.writestr("events.jsonl", b"".join(one + b"\n" for one in lines))
        if signed is not None:
            archive.writestr("checkpoint.json", json.dumps(signed))
    return path


def lines(events):
    return [json.dumps(line(event), ensure_ascii=False).encode() for event in events]
