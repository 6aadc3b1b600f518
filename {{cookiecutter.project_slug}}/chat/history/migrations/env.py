"""What Alembic runs to bring the database up to date, on the connection that `chat.history.engine` gives it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
