"""The command line: everything that an operator, an owner or an auditor does without a page."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

import feel as feel_language
from api.identity import hash_password
from api.tools import compute
from cursus import config, service, wiring
from cursus.demo import show as demonstration
from cursus.mail import mail
from engine import (
    archive,
    cases,
    clock,
    decisions,
    definitions,
    people,
    replay,
    scenarios,
    timelimits,
    trials,
)
from engine.access import Actor
from engine.errors import CursusError
from engine.history import EventKind, Sealed
from engine.store import begin, events
from forms import FormSchemaError
from recruitment.dossier import dossier

Command = TypeVar("Command", bound=Callable[..., Any])
out = Console()
err = Console(stderr=True)

#: Whoever sits at the server's command line; named in the history as such.
CONSOLE = Actor(name="console", roles=frozenset({"operator", "process_owner"}))

#: What a process consists of, with the scenarios that tell what it does.
PROCESS_FILES = (".bpmn", ".dmn", ".form", scenarios.ENDING)


def refusing(command: Command) -> Command:
    """Print a refusal in words and exit with 1 instead of showing a traceback."""

    @wraps(command)
    def run(*args: object, **kwargs: object) -> object:
        try:
            return command(*args, **kwargs)
        except (CursusError, feel_language.FeelError, FormSchemaError) as error:
            err.print(f"[red]{type(error).__name__}[/red]: {error}", markup=True, highlight=False)
            sys.exit(1)

    return run  # type: ignore[return-value]  # same signature


@click.group()
@click.version_option(package_name="cursus")
def main() -> None:
    """Cursus: the working life of a contract agent, with a history that can be proved."""


main.add_command(mail)


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


# --- running ---------------------------------------------------------------------------------


@main.command()
@click.option("--demo/--no-demo", default=True, help="Load the demonstration first.")
def run(*, demo: bool) -> None:
    """Start everything: database, migrations, processes, web server and worker."""
    service.run(config.read(), with_demo=demo, say=_say)


@main.command()
def serve() -> None:
    """Start the web server."""
    service.serve(config.read())


@main.command()
def worker() -> None:
    """Fire due timers and run effects until stopped."""
    service.work(config.read())


# --- definitions -----------------------------------------------------------------------------


@main.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
@refusing
def check(folders: tuple[Path, ...]) -> None:
    """Say what the gate finds in diagrams, tables and forms (the shipped ones by default)."""
    files = _files(folders)
    found = definitions.check(files, wiring.shell().for_gate())
    for one in found:
        out.print(str(one), markup=False, highlight=False, soft_wrap=True)
    errors = sum(one.severity == "error" for one in found)
    out.print(f"{len(files)} files, {errors} errors, {len(found) - errors} warnings")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("process", required=False)
@click.option("--folder", "folders", multiple=True, type=click.Path(exists=True, path_type=Path))
@click.option("--comment", default="Published on the command line", help="Why.")
@refusing
def publish(process: str | None, folders: tuple[Path, ...], comment: str) -> None:
    """Publish a process as its next version (all shipped ones by default)."""
    shell, files = wiring.shell(), _files(folders)
    database = wiring.database(config.read())
    for name in [process] if process else wiring.roots(files):
        with begin(database, now=clock.now()) as uow:
            row = trials.publish(
                uow,
                CONSOLE,
                name,
                files,
                comment=comment,
                catalogue=shell.for_gate(),
                policy=shell.policy,
            )
        out.print(f"{row['process']} version {row['version']} {row['digest'][:12]}")


def _files(folders: tuple[Path, ...]) -> dict[str, bytes]:
    if not folders:
        return wiring.shipped_files()
    paths = [
        one for folder in folders for one in (folder.iterdir() if folder.is_dir() else [folder])
    ]
    return {one.name: one.read_bytes() for one in paths if one.name.endswith(PROCESS_FILES)}


# --- cases and history -----------------------------------------------------------------------


@main.group()
def case() -> None:
    """Look at cases."""


@case.command("show")
@click.argument("case_id", type=click.UUID)
@refusing
def show_case(case_id: UUID) -> None:
    """Print where a case stands."""
    with begin(wiring.database(config.read()), now=clock.now()) as uow:
        found = cases.get(uow, case_id)
        view = cases.look(uow, found)
    out.print(f"[bold]{found.title}[/bold] ({found.process}), revision {found.revision}")
    out.print(f"opened {found.opened_at.isoformat()}, ended: {found.outcome or 'no'}")
    for token in view.tokens:
        out.print(f"  at {token.element} ({token.kind})")
    out.print_json(data=dict(view.scopes[0].variables) if view.scopes else {})


@main.group()
def history() -> None:
    """Look at the sealed history."""


@history.command("show")
@click.argument("case_id", type=click.UUID)
@refusing
def show_history(case_id: UUID) -> None:
    """Print the events of a case."""
    with begin(wiring.database(config.read()), now=clock.now()) as uow:
        found = events.of_stream(uow, f"case:{case_id}")
    table = Table("no", "at", "who", "what", "element", "hash")
    for one in found:
        table.add_row(*_row(one))
    out.print(table)


def _row(event: Sealed) -> tuple[str, ...]:
    known = event.fields
    who = f"{known.actor} for {known.on_behalf_of}" if known.on_behalf_of else known.actor
    at = known.at.isoformat(timespec="seconds")
    return str(known.seq), at, who, str(known.kind), known.element or "", event.hash.hex()[:12]


@history.command("export")
@click.argument("case_id", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path))
@refusing
def export_history(case_id: UUID, file: Path) -> None:
    """Write a case's whole archive into a ZIP file: history, case book, tables, verifier."""
    settings = config.read()
    with begin(wiring.database(settings), now=clock.now()) as uow:
        key = config.signing_key(settings)
        content = dossier(uow, cases.get(uow, case_id), signing_key=key)
        events.append(
            uow,
            f"read:{case_id}",
            kind=EventKind.RECORD_READ,
            actor=CONSOLE,
            payload={"what": "export"},
        )
    file.write_bytes(content)
    public = config.public_key(settings).hex()
    out.print(f"{len(content)} bytes in {file}")
    out.print(f"verify with: python -I -S verifier.py {file.name} {public}", soft_wrap=True)


@history.command("verify")
@click.argument("case_id", type=click.UUID, required=False)
@refusing
def verify_history(case_id: UUID | None) -> None:
    """Verify one case by chain and replay, or every stream and the newest checkpoint."""
    with begin(wiring.database(config.read()), now=clock.now()) as uow:
        if case_id is not None:
            proof = replay.prove(uow, case_id)
            where = "" if proof.ok else f" event {proof.first_bad}: {proof.reason}"
            out.print(
                f"{proof.stream}: {proof.events} events, {'good' if proof.ok else 'BAD'}{where}"
            )
            sys.exit(0 if proof.ok else 1)
        report = archive.verify_everything(uow, public_key=config.public_key(config.read()))
    for bad in report.bad:
        out.print(f"[red]{bad.stream} event {bad.first_bad}: {bad.reason}[/red]")
    out.print(
        f"{report.streams} streams, {report.events} events, "
        f"{len(report.bad)} bad, checkpoint: {report.checkpoint or 'none yet'}"
    )
    sys.exit(0 if report.ok else 1)


@history.command("checkpoint")
@refusing
def sign_history() -> None:
    """Sign the heads of all streams with the house's key."""
    settings = config.read()
    with begin(wiring.database(settings), now=clock.now()) as uow:
        signed = archive.checkpoint(uow, config.signing_key(settings))
    out.print(f"{signed.size} streams, root {signed.root.hex()}")
    out.print(f"public key {signed.public_key.hex()}")


# --- rules -----------------------------------------------------------------------------------


@main.command("feel")
@click.argument("expression")
@click.option("--context", default="{}", help="JSON object of the values it sees.")
@click.option("--unary", "unary_input", help="JSON value: evaluate as a unary test of it.")
@refusing
def evaluate(expression: str, context: str, unary_input: str | None) -> None:
    """Evaluate a FEEL expression and print its value as JSON."""
    values = _json_object(context)
    names = frozenset(values)
    now = clock.now()
    if unary_input is None:
        parsed = feel_language.parse(expression, names=names)
        for name in sorted(parsed.names - names):
            meant = feel_language.suggest(name, names)
            hint = f"; did you mean {meant}?" if meant else ""
            place = parsed.position_of(name)
            click.echo(f"position {place}: the context has no {name}, it is null{hint}", err=True)
        value = parsed.evaluate(values, functions=timelimits.FUNCTIONS, now=now)
    else:
        test = feel_language.parse(expression, names=names, unary=True)
        given = json.loads(unary_input)
        value = test.test(given, values, functions=timelimits.FUNCTIONS, now=now)
    click.echo(json.dumps(feel_language.to_json(value), ensure_ascii=False))


@main.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.argument("decision")
@click.option("--context", default="{}", help="JSON object of the inputs.")
@refusing
def decide(file: Path, decision: str, context: str) -> None:
    """Take a decision; print the result and which rules matched, cell by cell."""
    beside = [file, *(one for one in sorted(file.parent.glob("*.dmn")) if one != file)]
    models = [decisions.parse(one.read_bytes(), name=one.name) for one in beside]
    found = decisions.decide(
        models, decision, _json_object(context), functions=timelimits.FUNCTIONS, now=clock.now()
    )
    click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))


@main.command()
@click.argument("function", type=click.Choice(["legal_limit", "service_end", "latest_before"]))
@click.argument("start")
@click.argument("period")
@click.option("--site", type=click.Choice(["LUX", "BRU"]), default="LUX")
@refusing
def timelimit(function: str, start: str, period: str, site: Any) -> None:  # noqa: ANN401  # a choice
    """Compute a time limit: START is a date (or instant), PERIOD is P20D, P3M or "8 wd"."""
    found = compute(function, start, period, site)
    out.print(f"[bold]{found['day']}[/bold] (until {found['expires_at']})")
    for step in found["derivation"]:  # type: ignore[attr-defined]  # a list
        out.print(f"  {step['article']}: {step['text']} {step['day'] or ''}", highlight=False)
    for warning in found["warnings"]:  # type: ignore[attr-defined]  # a list
        out.print(f"[yellow]{warning}[/yellow]")


def _json_object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise click.BadParameter(f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise click.BadParameter("a JSON object is wanted")
    return value


@main.command("demo")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default="2034-12-31", help="Day.")
def play_demo(until: datetime) -> None:
    """Run the real call with 60 made-up candidates under a moving clock, in a scratch database."""
    demonstration.show(until.replace(tzinfo=UTC), say=_say)


@main.command()
@click.argument("what")
@click.option("--variables", default="{}", help="JSON object the process starts with.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="First day; today by default.")
@click.option("--days", default=365, show_default=True, help="How far to look ahead.")
@refusing
def rehearse(what: str, variables: str, start: datetime | None, days: int) -> None:
    """Play WHAT under a fake clock: a scenario file, or a process that nobody touches.

    Prints the time line; with a scenario file, what is not as expected too (exit code 1).
    """
    files = wiring.shipped_files()
    if what.endswith((".yaml", ".yml")):
        data = Path(what).read_bytes()
        runs = [(one.name, scenarios.run(files, one)) for one in scenarios.parse(data, name=what)]
    else:
        begins = (start or clock.now()).replace(tzinfo=UTC)
        until = begins + timedelta(days=days)
        given = _json_object(variables)
        runs = [(what, scenarios.rehearse(files, what, given, start=begins, until=until))]
    for name, run_ in runs:
        out.print(f"[bold]{name}[/bold]" + ("" if run_.ok else "  [red]not as expected[/red]"))
        for entry in run_.timeline:
            _say(f"  {entry.at.astimezone(timelimits.ZONE):%d.%m.%Y %H:%M}  {entry.text}")
        for failure in run_.failures:
            _say(f"  expected otherwise: {failure}")
    sys.exit(0 if all(one.ok for _, one in runs) else 1)


# --- people, rehearsal, demonstration --------------------------------------------------------


@main.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("name")
@click.option("--full-name", required=True)
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--email")
@click.password_option()
@refusing
def add_user(name: str, full_name: str, roles: tuple[str, ...], email: str, password: str) -> None:
    """Add a person; the first operator is added here, never on an open page."""
    shell = wiring.shell()
    person = {
        "name": name,
        "full_name": full_name,
        "email": email,
        "roles": roles,
        "password_hash": hash_password(password),
    }
    with begin(wiring.database(config.read()), now=clock.now()) as uow:
        row = people.add(uow, CONSOLE, person, known=shell.roles)
    out.print(f"{row['name']}: {', '.join(row['roles'])}")
