"""The pages: what people do with the engine in a browser."""

from flask import Flask

from web import (
    administration,
    assets,
    calls,
    cases,
    deliberation,
    finder,
    history,
    interviews,
    language,
    live,
    me,
    navigation,
    pages,
    panel,
    papers,
    register,
    scores,
    sentences,
    sign_in,
    studio,
    task,
    work,
)

PAGES = (
    sign_in.pages,
    work.pages,
    task.pages,
    cases.pages,
    calls.pages,
    register.pages,
    papers.pages,
    panel.pages,
    deliberation.pages,
    scores.pages,
    interviews.pages,
    studio.pages,
    history.pages,
    administration.pages,
    finder.pages,
    live.pages,
    me.pages,
)


def install(app: Flask) -> None:
    """Add the pages to an application that already has the API and its frame."""
    language.install(app)
    navigation.install(app)
    pages.install(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(sentences.blueprint)
    app.jinja_env.filters["sentence"] = sentences.sentence
    app.jinja_env.filters["derived"] = sentences.derived
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
