"""Reading anybody's files: `table = rows.read(path)`, then `for row in table`.

The file is parsed by a process of its own with limits of memory, time and size, so that a hostile
file can never take a worker with it. That process never sees a database, a setting or a secret.
"""

from kit.rows.reading import Fault, Row, Table, Unreadable, read

__all__ = ["Fault", "Row", "Table", "Unreadable", "read"]
