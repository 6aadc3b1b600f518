"""Run by Alembic to migrate the database, on the connection of `chat.history.engine`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
