"""Build the house: database, shell with catalogue and permissions, application."""

from collections.abc import Callable, Mapping
from importlib import resources

import yaml
from flask import Flask

import web
from api.app import create_app
from api.house import House
from cursus.config import Config, signing_key
from engine import clock, definitions, kernel, trials
from engine.access import Actor, Policy
from engine.cases import Shell
from engine.kernel.xml.reader import read_graph
from engine.scenarios import ENDING
from engine.store import Database, begin, connect
from engine.store.database import address
from engine.store.migrate import migrate
from engine.store.unit_of_work import UnitOfWork
from recruitment.operations import shipped
from recruitment.store.migrate import migrate as migrate_recruitment

#: Who publishes what comes with the product.
HOUSE = Actor(name="house", roles=frozenset({"process_owner"}))

#: The files of the shipped processes, by ending and room.
KINDS = {"processes": (".bpmn", ".dmn"), "forms": (".form",)}


def shell() -> Shell:
    """Return permissions, roles and operations."""
    text = (resources.files("recruitment") / "permissions.yaml").read_text("utf-8")
    table = yaml.safe_load(text)
    permissions = {verb: frozenset(roles) for verb, roles in table["permissions"].items()}
    return Shell(
        policy=Policy(permissions=permissions),
        operations=shipped(),
        roles=frozenset(table["roles"]),
    )


def shipped_files() -> dict[str, bytes]:
    """Return the diagrams, tables and forms that come with the product."""
    return {
        entry.name: entry.read_bytes()
        for room, endings in KINDS.items()
        for entry in resources.files(room).iterdir()
        if entry.name.endswith(endings)
    }


def shipped_scenarios() -> dict[str, bytes]:
    """Return the scenarios that come with the product."""
    folder = resources.files("processes")
    found = (entry for entry in folder.iterdir() if entry.name.endswith(ENDING))
    return {entry.name: entry.read_bytes() for entry in found}


def database(config: Config, *, keep_running: bool = False) -> Database:
    """Connect to the configured or embedded server and bring the tables up to date."""
    config.data.mkdir(parents=True, exist_ok=True)
    found = connect(address(data=config.data / "postgres", keep_running=keep_running))
    migrate(found)
    migrate_recruitment(found)
    return found


def house(config: Config, on: Database, files: Mapping[str, bytes] | None = None) -> House:
    """Wire the rooms for the API."""
    return House(
        database=on,
        shell=shell(),
        signing_key=signing_key(config),
        shipped=files if files is not None else shipped_files(),
    )


def application(config: Config, on: Database) -> Flask:
    """Return the web application."""
    app = create_app(house(config, on))
    web.install(app)
    return app


def read_ahead(on: Database) -> None:
    """Read the versions that cases run on, so that the first page that needs one is quick."""
    with begin(on, now=clock.now()) as uow:
        for row in definitions.versions(uow):
            if row["running"]:
                definitions.find(uow, row["digest"])


def roots(files: Mapping[str, bytes]) -> list[str]:
    """Return the processes that cases run on: those that no other process calls."""
    graph = read_graph(files)
    called = {node.element.calls for node in graph.nodes.values()}
    return sorted(graph.processes.keys() - called)


def publish_shipped(on: Database, *, say: Callable[[str], None]) -> None:
    """Publish every shipped process whose content is not published yet, with its scenarios."""
    files, told, of = shipped_files(), shipped_scenarios(), shell()
    for process in roots(files):
        bundle = kernel.collect(files, process)
        with begin(on, now=clock.now()) as uow:
            row = definitions.publish(
                uow,
                HOUSE,
                process,
                files,
                comment="Shipped with the product",
                catalogue=of.for_gate(),
                policy=of.policy,
            )
            _keep_scenarios(uow, row["digest"], trials.of_bundle(bundle, told), of.policy)
        say(f"{row['process']} version {row['version']}")


def _keep_scenarios(
    uow: UnitOfWork, digest: str, told: Mapping[str, bytes], policy: Policy
) -> None:
    # those that the owners have put in their place since stay
    if not definitions.scenarios(uow, digest):
        definitions.keep_scenarios(
            uow, HOUSE, digest, told, reason="Shipped with the product", policy=policy
        )
