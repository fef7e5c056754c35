"""Prove the whole history and sign it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from engine import history, replay
from engine.history import Checkpoint, Verdict
from engine.store import events
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


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the verification has come; the report comes with the last one."""

    done: int
    of: int
    events: int
    bad: int
    report: Report | None = None


def checkpoint(uow: UnitOfWork, private_key: bytes) -> Checkpoint:
    """Sign the heads of all streams with a raw Ed25519 key and keep the checkpoint."""
    covered = events.heads(uow)
    signed = history.sign(covered, at=uow.now, private_key=private_key)
    events.add_checkpoint(uow, signed, covered)
    return signed


def verify_everything(uow: UnitOfWork, *, public_key: bytes | None = None) -> Report:
    """Verify each stream against its head and the newest checkpoint against the streams."""
    report = None
    for progress in verifying(uow, public_key=public_key):
        report = progress.report
    assert report is not None  # noqa: S101  # the last progress has it
    return report


def verifying(uow: UnitOfWork, *, public_key: bytes | None = None) -> Iterator[Progress]:
    """Verify everything as `verify_everything` does, saying after each stream how far it is."""
    heads = events.heads(uow)
    signed = events.last_checkpoint(uow)
    covered = {one.stream: one for one in signed[1]} if signed else {}
    names = sorted({one.stream for one in heads} | covered.keys() | events.streams(uow))
    bad, count = [], 0
    for done, stream in enumerate(names, 1):
        verdict = _verdict(uow, stream, covered.get(stream))
        count += verdict.count
        if not verdict.ok:
            bad.append(verdict)
        yield Progress(done=done, of=len(names), events=count, bad=len(bad))
    checked = _checked(signed, public_key)
    report = Report(streams=len(heads), events=count, bad=tuple(bad), checkpoint=checked)
    yield Progress(done=len(names), of=len(names), events=count, bad=len(bad), report=report)


def _verdict(uow: UnitOfWork, stream: str, signed: history.StreamHead | None) -> Verdict:
    found = events.of_stream(uow, stream)
    verdict = replay.verify(uow, stream, found)
    if not verdict.ok or signed is None:
        return verdict
    return history.verify_stream(stream, found, expected_head=(signed.seq, signed.hash))


def _checked(
    signed: tuple[Checkpoint, list[history.StreamHead]] | None, public_key: bytes | None
) -> str | None:
    if signed is None:
        return None
    key = public_key or signed[0].public_key
    genuine = history.is_genuine(signed[0], signed[1], public_key=key)
    return GENUINE if genuine else FORGED
