"""Ask a scanner for viruses (clamd, INSTREAM) what a file holds; no parser of ours sees that."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from recruitment.checks import Check

_CHUNK, _SECONDS, _MOST_ANSWER = 65_536, 30, 4096


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """Where the scanner listens: a path of a socket, or host:port; empty where none is."""

    address: str

    def scan(self, content: bytes) -> Check:
        """Return what it says; without one, plainly that nothing was scanned."""
        if not self.address:
            return Check(code="scan-none", verdict="accept")
        try:
            answer = _ask(self.address, content)
        except OSError as error:
            return Check(code="scan-failed", verdict="flag", facts={"error": str(error)[:200]})
        # stream: OK, or stream: Name-Of-It FOUND
        said = answer.partition(":")[2].strip()
        if said == "OK":
            return Check(code="scan-clean", verdict="accept")
        if said.endswith(" FOUND"):
            name = said.removesuffix(" FOUND")[:200]
            return Check(code="scan-found", verdict="quarantine", facts={"name": name})
        return Check(code="scan-failed", verdict="flag", facts={"error": answer[:200]})


def configured() -> Scanner:
    """Return the scanner of CURSUS_CLAMD: a path, `unix:/path` or host:port."""
    return Scanner(address=os.environ.get("CURSUS_CLAMD", "").removeprefix("unix:"))


def _ask(address: str, content: bytes) -> str:
    with closing(_connect(address)) as connection:
        connection.sendall(b"zINSTREAM\0")
        for part in _chunks(content):
            connection.sendall(len(part).to_bytes(4) + part)
        connection.sendall(bytes(4))
        answer = b""
        while b"\0" not in answer and len(answer) < _MOST_ANSWER:
            part = connection.recv(_MOST_ANSWER)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(address: str) -> socket.socket:
    if "/" not in address:
        host, _, port = address.rpartition(":")
        return socket.create_connection((host or "localhost", int(port)), timeout=_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_SECONDS)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _chunks(content: bytes) -> Iterator[bytes]:
    for place in range(0, len(content), _CHUNK):
        yield content[place : place + _CHUNK]
