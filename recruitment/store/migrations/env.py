"""Runs the migrations on the connection that `engine.store.migrate` hands over."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes.get("metadata"),
    version_table=attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
