"""Send a load through the client process."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.fixtures import ROOT

Request = tuple[str, str, str | None]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """How long all took, how long each took, and the Link headers in order."""

    seconds: float
    each: list[float]
    links: list[str]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.each) / self.seconds


def send(requests: Sequence[Request], *, port: int, token: str, clients: int) -> Answers:
    """Send the requests; every answer must be 200."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "If-Match": '"r1"',
    }
    load = {"port": port, "headers": headers, "clients": clients, "requests": requests}
    done = subprocess.run(  # ourselves
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(load),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    found = json.loads(done.stdout)
    assert not found["failed"], found["failed"][:3]
    assert len(found["each"]) == len(requests)
    return Answers(seconds=found["seconds"], each=found["each"], links=found["links"])
