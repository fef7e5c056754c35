"""The checks of a mail: what is in order, what an officer looks at, what is proposed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from recruitment.checks import Check, Verdict, gravest
from recruitment.inspection import Inspection
from recruitment.mailbox.message import Attachment, Mail
from recruitment.mailbox.receipt import Receipt, dated
from recruitment.mailbox.references import call_of

Inspect = Callable[[bytes], Inspection]
Scan = Callable[[bytes], Check]

#: How far our server's line and the delivery, or the Date line, may lie apart unremarked.
_DELIVERY_APART, _DATE_APART = timedelta(minutes=15), timedelta(hours=12)
_OUTLOOK = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
#: Files beyond these are named, but not looked into.
_MOST_FILES = 20


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """A file of a mail with what was found in it."""

    name: str
    media_type: str
    inspection: Inspection
    checks: tuple[Check, ...]

    @property
    def is_pdf(self) -> bool:
        """Whether its content is a PDF, whatever it is called."""
        return not any(one.code in ("pdf-not", "pdf-empty") for one in self.checks)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the machine found; no verdict excludes a person."""

    call: str | None
    checks: tuple[Check, ...]
    files: tuple[LookedAt, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of all checks; that no person wrote it outweighs them."""
        files = [check for one in self.files for check in one.checks]
        return gravest([*self.checks, *files])


def judge(
    mail: Mail, receipt: Receipt, known: Mapping[str, str], *, inspect: Inspect, scan: Scan
) -> Judged:
    """Judge a mail; `known` gives the id of a call by its reference."""
    call, reference = call_of(mail, known)
    checks = [*_receipt(receipt), *_date(mail, receipt), reference, *_message(mail)]
    if mail.automatic:
        return Judged(call=call, checks=tuple(checks), files=())
    files = tuple(_look(one, inspect, scan) for one in mail.files[:_MOST_FILES])
    return Judged(call=call, checks=(*checks, *_files(mail.files)), files=files)


def _receipt(receipt: Receipt) -> Iterator[Check]:
    if receipt.source != "line":
        # where no server of ours is named, the delivery is what there is
        is_usual = receipt.source == "delivery" and not receipt.host
        code = "receipt-delivery" if receipt.source == "delivery" else "receipt-said"
        yield Check(code=code, verdict="accept" if is_usual else "flag")
        return
    yield Check(code="receipt-line", verdict="accept", facts={"line": receipt.number})
    delivered = receipt.delivered_at
    if delivered and abs(delivered - receipt.at) > _DELIVERY_APART:
        facts = {"delivered": delivered.isoformat()}
        yield Check(code="receipt-differs", verdict="flag", facts=facts)


def _date(mail: Mail, receipt: Receipt) -> Iterator[Check]:
    said = dated(mail.date)
    if said is None:
        yield Check(code="date-missing", verdict="accept")
    elif abs(said - receipt.at) > _DATE_APART:
        yield Check(code="date-differs", verdict="accept", facts={"date": mail.date})


def _message(mail: Mail) -> Iterator[Check]:
    if mail.report is not None:
        yield Check(code="report", verdict="none", facts={"reason": mail.report.reason})
    elif mail.automatic:
        yield Check(code="automatic", verdict="none", facts={"header": mail.automatic})
    if "forwarded" in mail.wrappings:
        by = mail.inner.address if mail.inner else ""
        yield Check(code="forwarded", verdict="accept", facts={"writer": by} if by else {})
    if "signed" in mail.wrappings:
        yield Check(code="signed", verdict="accept")
    if "encrypted" in mail.wrappings:
        yield Check(code="encrypted", verdict="ask")
    if mail.images:
        yield Check(code="images", verdict="accept", facts={"number": mail.images})


def _files(files: Sequence[Attachment]) -> Iterator[Check]:
    if not files:
        yield Check(code="files-none", verdict="ask")
    elif len(files) > 1:
        yield Check(code="files-several", verdict="ask", facts={"number": len(files)})
    else:
        yield Check(code="files-one", verdict="accept")


def _look(file: Attachment, inspect: Inspect, scan: Scan) -> LookedAt:
    found = inspect(file.content)
    checks = [*found.checks, scan(file.content)]
    is_outlook = file.media_type in _OUTLOOK or file.name.lower() == "winmail.dat"
    if is_outlook:
        checks.insert(0, Check(code="file-outlook", verdict="ask"))
    elif found.pages and file.media_type != "application/pdf":
        facts = {"type": file.media_type}
        checks.insert(0, Check(code="file-type", verdict="accept", facts=facts))
    return LookedAt(
        name=file.name, media_type=file.media_type, inspection=found, checks=tuple(checks)
    )
