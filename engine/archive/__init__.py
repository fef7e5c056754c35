"""Prove the whole history, sign it, and take a case's part of it out of the house."""

from engine.archive.dossier import Paper, dossier
from engine.archive.proof import (
    FORGED,
    GENUINE,
    Progress,
    Report,
    checkpoint,
    verify_everything,
    verifying,
)
from engine.archive.sealed import of_case

__all__ = [
    "FORGED",
    "GENUINE",
    "Paper",
    "Progress",
    "Report",
    "checkpoint",
    "dossier",
    "of_case",
    "verify_everything",
    "verifying",
]
