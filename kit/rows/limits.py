"""How much of a file is read. What is beyond a limit is refused with the limit in the message."""

MIB = 1024 * 1024
FILE_BYTES = 200 * MIB  # as it lies on the disk, and a gzip after unpacking
JSON_BYTES = 48 * MIB  # one document is parsed as a whole
SHEET_BYTES = 512 * MIB  # one part of a workbook after unpacking
PART_BYTES = 128 * MIB  # any other part: shared texts, styles
PARTS = 5_000  # in a workbook
LINE_CHARS = 8_000_000
CELL_CHARS = 100_000
COLUMNS = 2_000
ROWS = 2_000_000
MERGED = 20_000  # areas of merged cells that are filled

MEMORY_BYTES = 512 * MIB  # of the process that parses
CPU_SECONDS = 50
WALL_SECONDS = 300
SPOOL_BYTES = 1024 * MIB  # what that process may write
