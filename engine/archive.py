"""Prove the whole history, sign it, and take a case's part of it out of the house."""

import io
import zipfile
from dataclasses import asdict, dataclass
from importlib import resources

import orjson

from engine import history, replay
from engine.history import Checkpoint, Sealed, Verdict
from engine.store import events
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork

#: What a report says of the newest checkpoint.
GENUINE, FORGED = "genuine", "forged"


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of verifying everything."""

    streams: int
    events: int
    bad: tuple[Verdict, ...]
    #: what the newest checkpoint says; None when none was signed yet
    checkpoint: str | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.bad and self.checkpoint != FORGED

    def as_json(self) -> dict[str, object]:
        """Return plain JSON."""
        bad = [{**asdict(one), "head": one.head.hex()} for one in self.bad]
        return {**asdict(self), "bad": bad, "ok": self.ok}


def checkpoint(uow: UnitOfWork, private_key: bytes) -> Checkpoint:
    """Sign the heads of all streams with a raw Ed25519 key and keep the checkpoint."""
    covered = events.heads(uow)
    signed = history.sign(covered, at=uow.now, private_key=private_key)
    events.add_checkpoint(uow, signed, covered)
    return signed


def verify_everything(uow: UnitOfWork, *, public_key: bytes | None = None) -> Report:
    """Verify each stream against its head and the newest checkpoint against the streams."""
    heads = events.heads(uow)
    signed = events.last_checkpoint(uow)
    covered = {one.stream: one for one in signed[1]} if signed else {}
    bad, count = [], 0
    for stream in sorted({one.stream for one in heads} | covered.keys() | events.streams(uow)):
        found = events.of_stream(uow, stream)
        verdict = replay.verify(uow, stream, found)
        if verdict.ok and stream in covered:
            old = covered[stream]
            verdict = history.verify_stream(stream, found, expected_head=(old.seq, old.hash))
        count += verdict.count
        if not verdict.ok:
            bad.append(verdict)
    return Report(
        streams=len(heads), events=count, bad=tuple(bad), checkpoint=_checked(signed, public_key)
    )


def _checked(
    signed: tuple[Checkpoint, list[history.StreamHead]] | None, public_key: bytes | None
) -> str | None:
    if signed is None:
        return None
    key = public_key or signed[0].public_key
    genuine = history.is_genuine(signed[0], signed[1], public_key=key)
    return GENUINE if genuine else FORGED


def of_case(uow: UnitOfWork, case: Case) -> bytes:
    """Return a ZIP archive: the sealed events, the newest checkpoint, the files, the verifier."""
    sealed = events.of_stream(uow, case.stream)
    signed = events.last_checkpoint(uow)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "manifest.json", orjson.dumps(_manifest(uow, case, sealed), option=2))
        _put(archive, "events.jsonl", b"".join(orjson.dumps(_line(one)) + b"\n" for one in sealed))
        if signed is not None:
            _put(archive, "checkpoint.json", orjson.dumps(_signed(*signed), option=2))
        verifier = resources.files("engine.history") / "verifier.py"
        _put(archive, "verifier.py", verifier.read_bytes())
    return content.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # one date for all entries: the same history gives the same archive
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    archive.writestr(entry, data)


def _manifest(uow: UnitOfWork, case: Case, sealed: list[Sealed]) -> dict[str, object]:
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


def _line(event: Sealed) -> dict[str, object]:
    return {
        **event.fields.as_json(),
        "commitment": event.commitment.hex(),
        "previous": event.previous.hex(),
        "hash": event.hash.hex(),
        "salt": event.salt.hex() if event.salt else None,
        # bytes that somebody damaged must still leave the house, to be named by the verifier
        "payload": None if event.payload is None else event.payload.decode(errors="replace"),
        "erased_under": event.erased_under,
    }


def _signed(signed: Checkpoint, covered: list[history.StreamHead]) -> dict[str, object]:
    return {
        "at": history.instant(signed.at),
        "size": signed.size,
        "root": signed.root.hex(),
        "public_key": signed.public_key.hex(),
        "signature": signed.signature.hex(),
        "heads": [[one.stream, one.seq, one.hash.hex()] for one in covered],
    }
