"""Alembic's environment: the connection is handed in by `bot.store.schema.migrate`."""

from alembic import context
from sqlmodel import SQLModel

import bot.store.tables  # noqa: F401  # fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
