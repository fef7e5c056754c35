"""Drafts of a process: edit its files apart from every version, propose, decide as a second person.

Every change of a draft is an event of its own stream, so that four eyes can be proved later.
"""

from engine.drafts.change import MAX_BYTES, MAX_TEXT
from engine.drafts.draft import (
    MAX_FILES,
    Change,
    base_files,
    begin,
    catch_up,
    changes,
    file,
    files,
    get,
    is_behind,
    listing,
    remove_file,
    save_file,
)
from engine.drafts.gate import (
    CHECKED,
    WhatIf,
    bundle_of,
    check,
    ensure_readable,
    findings,
    told_in,
    try_out,
    what_if,
)
from engine.drafts.proposals import decide, may_decide, propose, put_away, withdraw

__all__ = [
    "CHECKED",
    "MAX_BYTES",
    "MAX_FILES",
    "MAX_TEXT",
    "Change",
    "WhatIf",
    "base_files",
    "begin",
    "bundle_of",
    "catch_up",
    "changes",
    "check",
    "decide",
    "ensure_readable",
    "file",
    "files",
    "findings",
    "get",
    "is_behind",
    "listing",
    "may_decide",
    "propose",
    "put_away",
    "remove_file",
    "save_file",
    "told_in",
    "try_out",
    "what_if",
    "withdraw",
]
