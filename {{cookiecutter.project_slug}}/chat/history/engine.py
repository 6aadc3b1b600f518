"""The connection to the database, which is migrated before use."""

import logging
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from chat import settings

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 6_275_432  # any number, the same in every process
BUSY_SECONDS = 30  # to wait while another process writes to SQLite
CONNECT_SECONDS = 5  # to reach PostgreSQL

_engine: Engine | None = None
_lock = threading.Lock()


def engine() -> Engine:
    """The one engine of this process, created on first use, after migrating the database.

    Raises:
        SQLAlchemyError: if the database cannot be used; the next call tries again.
    """
    global _engine
    with _lock:
        if _engine is None:
            made = make_engine(settings.DATABASE_URL)
            migrate(made)
            _engine = made
        return _engine


def make_engine(address: str) -> Engine:
    """An engine for the database at an address; creates an SQLite file and its folder, readable only by its owner."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        driver = "postgresql+psycopg" if url.drivername in {"postgres", "postgresql"} else url.drivername
        return create_engine(
            url.set(drivername=driver),
            connect_args={"connect_timeout": CONNECT_SECONDS},
            pool_pre_ping=True,
            pool_size=settings.DATABASE_CONNECTIONS,
            max_overflow=0,
        )
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600)
    made = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(made, "connect", prepare_sqlite)
    return made


def prepare_sqlite(connection: Any, _: object) -> None:
    """Make SQLite read while it writes, and enforce foreign keys."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def prepare() -> None:
    """Migrate the database before anyone waits for it; a failure is raised again on first use."""
    try:
        engine()
    except SQLAlchemyError:
        log.exception("the database cannot be used yet")


def migrate(made: Engine) -> None:
    """Migrate the database; of several processes that start at once, one does it and the others wait.

    Raises:
        SQLAlchemyError: if the database cannot be reached, or is from a later version of this app.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with made.begin() as connection:
        lock(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "heads")
        except CommandError as error:
            raise SQLAlchemyError(f"this version of the app does not know the database: {error}") from error


def lock(connection: Connection) -> None:
    """Keep other processes from migrating until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
