"""What is kept: one SQLite database with the log of every session."""

from maos_desktop.store.database import Database
from maos_desktop.store.event_log import EventLog
from maos_desktop.store.event_reader import EventReader
from maos_desktop.store.sessions import SessionStore

__all__ = ["Database", "EventLog", "EventReader", "SessionStore"]
