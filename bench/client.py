"""A small client in a process of its own: threads with kept-alive connections.

Reads a load as JSON from stdin, prints {"seconds", "each", "failed", "links"} as JSON.
"""

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any


@dataclass
class Tally:
    """What came back."""

    each: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def main() -> None:
    """Send the load, shared among the clients; the clock runs from first to last."""
    load = json.load(sys.stdin)
    waiting, tally = list(reversed(load["requests"])), Tally()
    threads = [
        threading.Thread(target=_work, args=(load, waiting, tally)) for _ in range(load["clients"])
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begun
    found = {"seconds": taken, "each": tally.each, "failed": tally.failed, "links": tally.links}
    json.dump(found, sys.stdout)


def _work(load: dict[str, Any], waiting: list[list[Any]], tally: Tally) -> None:
    connection = HTTPConnection("127.0.0.1", load["port"], timeout=30)
    while True:
        try:
            method, path, body = waiting.pop()
        except IndexError:
            return
        begun = time.perf_counter()
        try:
            connection.request(method, path, body, load["headers"])
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            tally.failed.append(repr(error))
            connection.close()
            continue
        tally.each.append(time.perf_counter() - begun)
        tally.links.append(answer.headers.get("Link", ""))
        if answer.status != 200:  # noqa: PLR2004  # OK
            tally.failed.append(f"{answer.status} {content[:300]!r}")


if __name__ == "__main__":
    main()
