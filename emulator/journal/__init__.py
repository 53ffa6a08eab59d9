"""What happened to the cameras: the log, its questions, and the formats it is handed out in.

Whoever acts writes here; nothing here acts on a camera or opens a file.
"""

from emulator.journal.entry import JournalEntry
from emulator.journal.exchange import EXCHANGE, Exchange
from emulator.journal.log import FAULT, REQUEST, Journal
from emulator.journal.query import Query

__all__ = ["EXCHANGE", "FAULT", "REQUEST", "Exchange", "Journal", "JournalEntry", "Query"]
