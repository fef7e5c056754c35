"""The web application: its frame, its blueprints, its reference."""

from flask import Flask

from api import (
    calls,
    cases,
    definitions,
    drafts,
    frame,
    history,
    operations,
    people,
    reference,
    register,
    scores,
    tasks,
    tools,
)
from api.directory import StoredDirectory
from api.house import House
from api.problems import Api

BLUEPRINTS = (
    calls.calls,
    calls.applications,
    cases.bp,
    tasks.bp,
    scores.bp,
    definitions.bp,
    drafts.bp,
    tools.bp,
    history.bp,
    operations.timers,
    operations.incidents,
    people.users,
    people.session,
    register.bp,
)


def create_app(house: House) -> Flask:
    """Return the application on a house."""
    app = Flask("cursus", static_folder=None)
    app.config.update(
        API_TITLE="Cursus",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.extensions["cursus.house"] = house
    frame.install(app, StoredDirectory(house.database))
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(reference.blueprint)
    return app
