"""The command line of mail: read it now, send it now, try again what was refused."""

from uuid import UUID

import click

from cursus import config, wiring
from engine import clock
from engine.access import Actor
from engine.history import EventKind
from engine.store import begin, events
from recruitment.mailbox.reading import read_all
from recruitment.outbox.sending import send_all
from recruitment.store import mails, outbox

_CONSOLE = Actor(name="console", roles=frozenset({"operator"}))


@click.group()
def mail() -> None:
    """Mail in and out."""


@mail.command("read")
def read() -> None:
    """Read the configured mailboxes now and say what each holds against it."""
    database = wiring.database(config.read())
    taken = read_all(database)
    with begin(database, now=clock.now()) as uow:
        boxes = mails.mailboxes(uow)
    click.echo(f"{taken} new")
    for one in boxes:
        state = one["fault"] or "well"
        click.echo(f"{one['name']}: read {one['read_at'].isoformat(timespec='seconds')}, {state}")


@mail.command("send")
def send() -> None:
    """Send the letters that are due now."""
    click.echo(f"{send_all(wiring.database(config.read()))} sent")


@mail.command("retry")
@click.argument("letter", type=click.UUID, required=False)
def retry(letter: UUID | None) -> None:
    """Try refused letters again, or the one named."""
    with begin(wiring.database(config.read()), now=clock.now()) as uow:
        number = outbox.again(uow, letter)
        if number:
            events.append(
                uow,
                "letters:retried",
                kind=EventKind.RECORD_CHANGED,
                actor=_CONSOLE,
                payload={"letter": str(letter) if letter else None, "number": number},
            )
    click.echo(f"{number} to be tried again")
