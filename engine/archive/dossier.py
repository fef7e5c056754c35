"""One case in one signed archive: for people, for tables, for process mining, and the proof."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from engine import definitions, history, replay
from engine.archive.book import pdf
from engine.archive.diagrams import Diagram, diagrams
from engine.archive.entries import Entry, entries
from engine.archive.sealed import Sees, everything, manifest, packed, sealed_files
from engine.archive.tables import csv_of
from engine.archive.xes import log
from engine.history import Sealed
from engine.store import events
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork

README = """\
{title}
{line}
The history of one case of Cursus, {events} events, taken out of the house on {at}.

case-book.pdf     for reading: what was found when it was verified, then every step in order
events.csv        one row per event, for a spreadsheet (RFC 4180, UTF-8)
events.xes        for process mining (IEEE 1849)
events.jsonl      the sealed events, one JSON object per line: the only source of the others
checkpoint.json   the newest signed checkpoint over all histories of the house, if there is one
diagrams/         the path that the case took, one picture for each level (SVG)
process/          diagrams, decision tables and forms of every version that the case ran on
manifest.json     the SHA-256 of every file here
manifest.sig.json the Ed25519 signature of "cursus-manifest-1", a line feed and manifest.json
verifier.py       checks all of this without Cursus; it needs Python 3.11 and nothing else

To verify:  python -I -S verifier.py ARCHIVE.zip PUBLIC_KEY
Take the public key from the institution's own publication, never from this archive.

Personal data of third parties are NOT redacted in this archive. Before it is given to anybody
outside the procedure, somebody has to take them out of a copy.
{withheld}"""
WITHHELD = """\
{number} contents are withheld: they are confidential to another service, or scores of a round that
was not over. They stay sealed: their commitments are here, and whoever is given a content later can
check it against them.
"""
UNSIGNED = """\
The house had no signing key: the manifest is not signed.
"""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A letter that left the house in this case."""

    at: datetime
    subject: str
    to: str


def dossier(  # noqa: PLR0913  # the archive is made of these
    uow: UnitOfWork,
    case: Case,
    *,
    signing_key: bytes | None,
    sees: Sees = everything,
    papers: Sequence[Paper] = (),
    names: Mapping[str, str] | None = None,
) -> bytes:
    """Return the case's archive; `names` are the full names of people by their sign-in names."""
    sealed = events.of_stream(uow, case.stream)
    found = entries(uow, sealed, sees=sees, names=names or {})
    known = manifest(uow, case, sealed)
    proof = replay.prove(uow, case.id)
    drawn = diagrams(uow, case, found)
    letters = [(one.at, one.subject, one.to) for one in papers]
    files = {
        "README.txt": _readme(uow, case, found, is_signed=signing_key is not None),
        "case-book.pdf": pdf(case, found, proof, at=uow.now, letters=letters, diagrams=drawn),
        "events.csv": csv_of(found),
        "events.xes": log(case, found),
        **sealed_files(uow, sealed, sees=sees),
        **_pictures(drawn),
        **_process(uow, sealed),
    }
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    about = orjson.dumps({**known, "files": sums}, option=orjson.OPT_INDENT_2)
    first = {"README.txt": files.pop("README.txt"), "manifest.json": about}
    if signing_key is not None:
        signature = history.sign_manifest(about, private_key=signing_key)
        first["manifest.sig.json"] = orjson.dumps(signature, option=orjson.OPT_INDENT_2)
    return packed({**first, **files})


def _pictures(drawn: Sequence[Diagram]) -> dict[str, bytes]:
    return {f"diagrams/{one.process}.svg": one.svg.encode() for one in drawn}


def _process(uow: UnitOfWork, sealed: Sequence[Sealed]) -> dict[str, bytes]:
    digests = sorted({one.fields.definition for one in sealed if one.fields.definition})
    return {
        f"process/{digest[:16]}/{name}": data
        for digest in digests
        for name, data in sorted(definitions.files(uow, digest).items())
    }


def _readme(uow: UnitOfWork, case: Case, found: Sequence[Entry], *, is_signed: bool) -> bytes:
    hidden = sum(one.is_withheld for one in found)
    notes = WITHHELD.format(number=hidden) if hidden else ""
    text = README.format(
        title=case.title,
        line="=" * len(case.title),
        events=len(found),
        at=history.instant(uow.now),
        withheld=notes + ("" if is_signed else UNSIGNED),
    )
    return text.encode()
