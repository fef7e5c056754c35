"""Mails in words: every check, verdict and decision in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recruitment import sorting
from recruitment.checks import CALL, RULES
from web.language import _, ngettext

#: What is written down and says nothing for or against the mail.
_NOTED = frozenset(
    {
        "receipt-delivery", "date-missing", "date-differs", "images", "signed", "file-type",
        "pdf-attached", "pdf-before", "pdf-after", "pdf-archive", "europass", "scan-none",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Said:
    """A check as the page shows it."""

    code: str
    verdict: str
    rule: str
    text: str
    #: the verdict in a word; what is only written down is neither in order nor out of it
    word: str
    style: str


def said(check: Mapping[str, Any], *, may_ask: bool = True) -> Said:
    """Return a stored check in words; its facts are filled in."""
    code, facts = str(check["code"]), dict(check["facts"])
    words = _texts(facts).get(code, RULES.get(code, ("", code))[1])
    try:
        text = words % facts
    except KeyError:
        # a check stored by an older release may lack a fact
        text = RULES.get(code, ("", code))[1]
    verdict, is_noted = str(check["verdict"]), code in _NOTED and check["verdict"] == "accept"
    return Said(
        code=code,
        verdict=verdict,
        rule=_source(RULES.get(code, ("", ""))[0]),
        text=text,
        word=_("noted") if is_noted else _finding_word(verdict, may_ask=may_ask),
        style="" if is_noted else verdict_style(verdict),
    )


def _finding_word(verdict: str, *, may_ask: bool) -> str:
    return verdict_word(verdict) if may_ask or verdict != "ask" else _("defect")


def _source(rule: str) -> str:
    """Return a rule by its name in the reader's language; norms keep their numbers."""
    known = {
        CALL: _("Call, How to express your interest"),
        "Rule of the house: size": _("Rule of the house: size"),
        "Rule of the house: time": _("Rule of the house: time"),
        "Rule of the house: pages": _("Rule of the house: pages"),
        "Rule of the house: scanner": _("Rule of the house: scanner"),
    }
    return known.get(rule, rule)


def proposal(verdict: str, refusal: str | None, *, is_late: bool) -> str:
    """Return what is proposed; to ask for another mail only where nothing speaks against it."""
    if verdict != "ask" or refusal is None:
        return verdict_word(verdict)
    if refusal == sorting.NO_CALL:
        return verdict_word("sort")
    return _("register as late") if is_late else _("accept, with its defects")


def verdict_word(verdict: str) -> str:
    """Return a verdict in a word or two."""
    return {
        "accept": _("in order"),
        "flag": _("in order, marked"),
        "sort": _("which call?"),
        "ask": _("ask to resend"),
        "quarantine": _("quarantine"),
        "none": _("no application"),
    }.get(verdict, verdict)


def verdict_style(verdict: str) -> str:
    """Return the class of the tag of a verdict."""
    return {
        "accept": "tag--good",
        "flag": "tag--soon",
        "sort": "tag--info",
        "ask": "tag--soon",
        "quarantine": "tag--late",
    }.get(verdict, "")


def states() -> dict[str, str]:
    """Return where a mail can stand, in the order of the filter."""
    return {
        "waiting": _("waiting"),
        "accepted": _("accepted"),
        "late": _("late"),
        "resend": _("asked to resend"),
        "not_application": _("not an application"),
        "duplicate": _("the same mail once more"),
        "report": _("delivery report"),
    }


def proposals(refusal: str | None = None) -> dict[str, str]:
    """Return the verdicts by which a list can be narrowed."""
    every = ("accept", "flag", "sort", "ask", "quarantine", "none")
    return {one: proposal(one, refusal, is_late=False) for one in every}


def _texts(facts: Mapping[str, Any]) -> dict[str, str]:
    return {**_of_mails(), **_of_files(), **_counted(facts)}


def _counted(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts that one thing makes different from several."""
    return {
        "pdf-opens": ngettext(
            "Two programs read it alike: %(pages)s page.",
            "Two programs read it alike: %(pages)s pages.",
            int(facts.get("pages", 0)),
        )
    }


def _of_mails() -> dict[str, str]:
    return {
        "receipt-line": _("The receipt is stamped by our own server (Received line %(line)s)."),
        "receipt-delivery": _(
            "No Received line of our own server: the delivery into the mailbox counts."
        ),
        "receipt-said": _(
            "No Received line of our own server: the officer who handed it in named the instant."
        ),
        "receipt-differs": _(
            "Our server's line and the delivery lie far apart; delivered %(delivered)s."
        ),
        "date-missing": _("The Date line is missing; it would prove nothing."),
        "date-differs": _("The Date line says “%(date)s”; it proves nothing."),
        "reference-subject": _("The reference is in the subject: %(reference)s."),
        "reference-inner": _("The reference is in the forwarded mail's subject: %(reference)s."),
        "reference-none": _("No reference of a call in the subject."),
        "reference-body": _("The reference stands in the text only: %(references)s."),
        "reference-unknown": _("The subject names a call that is not known here: %(reference)s."),
        "reference-several": _("The subject names several calls: %(references)s."),
        "reference-other": _("The subject names %(subject)s, the text %(text)s."),
        "unreadable": _("This mail cannot be read: %(reason)s"),
        "too-large": _(
            "The mail has %(megabytes)s MB: only its header was taken over. It lies in the mailbox."
        ),
        "same-id": _("Another mail has the same Message-ID, but other contents: %(sha256)s."),
        "forwarded": _("Forwarded as a message of its own, unwrapped; the outer mail is kept."),
        "signed": _("Signed and unwrapped; the signature is not verified."),
        "encrypted": _("The mail is encrypted: nobody here can read it."),
        "images": _("Images that belong to the text are left out: %(number)s."),
        "automatic": _("An automatic reply (%(header)s): no application, and never answered."),
        "report": _("A delivery report: %(reason)s"),
        "report-ours": _("It is about a letter of ours, which is marked."),
        "files-one": _("One file came with the mail."),
        "files-none": _("No file came with the mail."),
        "files-several": _("%(number)s files came with the mail; the call asks for one PDF."),
    }


def _of_files() -> dict[str, str]:
    return {
        "file-outlook": _("A winmail.dat container of Outlook: nobody else can open it."),
        "file-type": _("Declared as %(type)s, but a PDF by its contents."),
        "pdf-empty": _("The file is empty."),
        "pdf-large": _("The file has %(megabytes)s MB; at most %(most)s MB are looked into."),
        "pdf-not": _("The file is not a PDF; it looks like: %(looks)s."),
        "pdf-locked": _("The file is locked with a password."),
        "pdf-restricted": _("The file is encrypted, but opens without a password."),
        "pdf-unreadable": _("The file cannot be read (pypdf: %(pypdf)s; PDFium: %(pdfium)s)."),
        "pdf-slow": _("Reading the file takes more than %(seconds)s s or too much memory."),
        "pdf-pages": _("The file has %(pages)s pages; at most %(most)s are looked into."),
        "pdf-no-page": _("The file has no page."),
        "pdf-disagree": _(
            "Two programs read it differently (pypdf: %(pypdf)s; PDFium: %(pdfium)s)."
        ),
        "pdf-script": _("A script would run on opening. The pages shown here run nothing."),
        "pdf-launch": _("It would start a program. The pages shown here start nothing."),
        "pdf-xfa": _("An XFA form: what is shown may differ from what was filled in."),
        "pdf-portfolio": _("A portfolio of several files: only its cover is shown."),
        "pdf-image": _("The first pages hold images only: a scan without text."),
        "pdf-attached": _("Files are inside: %(names)s."),
        "pdf-before": _("%(bytes)s bytes stand before the PDF begins."),
        "pdf-after": _("%(bytes)s bytes stand after its end."),
        "pdf-signed": _("Signed; kept as it is."),
        "pdf-archive": _("It says that it is a PDF/A."),
        "europass": _("A Europass record is inside."),
        "scan-clean": _("The virus scanner found nothing."),
        "scan-found": _("The virus scanner found %(name)s."),
        "scan-none": _("Not scanned for viruses: no scanner is configured."),
        "scan-failed": _("Not scanned for viruses: the scanner did not answer (%(error)s)."),
    }
