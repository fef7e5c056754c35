"""The sealed events of a case in files that the stand-alone verifier reads."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import resources

import orjson

from engine import history, replay
from engine.history import Checkpoint, Sealed
from engine.store import events
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork

#: Says whether the content of an event may leave the house in this archive.
Sees = Callable[[Sealed], bool]
#: Why a content is not in the archive though it was not erased.
CONFIDENTIAL = "confidential"


def everything(_event: Sealed) -> bool:
    """See the content of every event."""
    return True


def of_case(uow: UnitOfWork, case: Case) -> bytes:
    """Return a ZIP archive: the sealed events, the newest checkpoint, the verifier."""
    sealed = events.of_stream(uow, case.stream)
    files = {"manifest.json": orjson.dumps(manifest(uow, case, sealed), option=2)}
    return packed({**files, **sealed_files(uow, sealed)})


def sealed_files(
    uow: UnitOfWork, sealed: Sequence[Sealed], *, sees: Sees = everything
) -> dict[str, bytes]:
    """Return the files that prove the events, by name; hidden contents are withheld."""
    lines = [orjson.dumps(_line(one, is_seen=sees(one))) + b"\n" for one in sealed]
    files = {"events.jsonl": b"".join(lines)}
    signed = events.last_checkpoint(uow)
    if signed is not None:
        files["checkpoint.json"] = orjson.dumps(_signed(*signed), option=2)
    verifier = resources.files("engine.history") / "verifier.py"
    return {**files, "verifier.py": verifier.read_bytes()}


def manifest(uow: UnitOfWork, case: Case, sealed: Sequence[Sealed]) -> dict[str, object]:
    """Return what the archive says of itself."""
    proof = replay.prove(uow, case.id)
    return {
        "format": "cursus-history-1",
        "stream": case.stream,
        "title": case.title,
        "process": case.process,
        "exported_at": history.instant(uow.now),
        "events": len(sealed),
        "head": sealed[-1].hash.hex() if sealed else None,
        "proof": asdict(proof),
    }


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of the files; the same files give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return content.getvalue()


def _line(event: Sealed, *, is_seen: bool) -> dict[str, object]:
    line = {
        **event.fields.as_json(),
        "commitment": event.commitment.hex(),
        "previous": event.previous.hex(),
        "hash": event.hash.hex(),
        "salt": event.salt.hex() if event.salt else None,
        # bytes that somebody damaged must still leave the house, to be named by the verifier
        "payload": None if event.payload is None else event.payload.decode(errors="replace"),
        "erased_under": event.erased_under,
    }
    if is_seen or event.payload is None:
        return line
    return {**line, "salt": None, "payload": None, "withheld": CONFIDENTIAL}


def _signed(signed: Checkpoint, covered: list[history.StreamHead]) -> dict[str, object]:
    return {
        "at": history.instant(signed.at),
        "size": signed.size,
        "root": signed.root.hex(),
        "public_key": signed.public_key.hex(),
        "signature": signed.signature.hex(),
        "heads": [[one.stream, one.seq, one.hash.hex()] for one in covered],
    }
