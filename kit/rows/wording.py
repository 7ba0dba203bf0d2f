"""The sentences for what was found in a file, by code."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def sentence(code, params):
    """The sentence for `code` in the active language; an unknown code says that it is damaged."""
    shown = {name: grouped(value) for name, value in params.items()}
    if code in COUNTED:
        return COUNTED[code](params["count"]) % shown
    return (SENTENCES.get(code) or SENTENCES["damaged"])() % shown


def grouped(value):
    """Large numbers as they are read: 2,000,000."""
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else value


SENTENCES = {
    # the file as a whole
    "missing": lambda: _("There is no such file."),
    "folder": lambda: _("This is a folder, not a file."),
    "not_a_file": lambda: _("This is not an ordinary file."),
    "empty": lambda: _("There is nothing in this file."),
    "file_size": lambda: _("The file is larger than %(limit)s MB. Split it and import the parts."),
    "json_size": lambda: _("A JSON file may have %(limit)s MB. Split it and import the parts."),
    "unpacked_size": lambda: _("Unpacked, the file is larger than %(limit)s MB. It was not read."),
    "old_excel": lambda: _("Old Excel files and files with a password cannot be read. Save it as .xlsx without a password."),
    "picture": lambda: _("This is a picture or a PDF. A table is needed: CSV, XLSX or JSON."),
    "archive": lambda: _("This is an archive. Unpack it and import the tables in it."),
    "page": lambda: _("This is a web page or an XML file, whatever its name says. Save it as .xlsx or .csv."),
    "binary": lambda: _("This is not a table. CSV, XLSX and JSON can be read."),
    "damaged": lambda: _("The file is damaged or not what it seems to be. Open it in its program, save it again and try once more."),
    "password": lambda: _("The file has a password. Save it without one."),
    "entities": lambda: _("The file declares XML entities, which tables do not need. It was not read."),
    "parts": lambda: _("The workbook has more than %(limit)s parts. It was not read."),
    "time": lambda: _("Reading the file takes more than %(limit)s seconds of work. Split it and import the parts."),
    "memory": lambda: _("Reading the file takes more memory than a file may. Split it and import the parts."),
    "stopped": lambda: _("Reading the file stopped without a result. Split it and import the parts."),
    "nesting": lambda: _("The values in the file are nested too deeply."),
    "unknown_encoding": lambda: _("The file cannot be read as %(name)s."),
    "line_length": lambda: _("A line is longer than %(limit)s characters."),
    "header_length": lambda: _("The name of a column is longer than %(limit)s characters."),
    "columns": lambda: _("The table has %(count)s columns; %(limit)s can be read."),
    "rows": lambda: _("The table has more than %(limit)s rows. Split it and import the parts."),
    "json": lambda: _("The JSON is broken in line %(line)s, character %(place)s."),
    "no_table": lambda: _("There is no list of objects in this JSON file."),
    "no_sheet": lambda: _("There is no sheet or list “%(name)s”. There are: %(sheets)s."),
    # one row
    "surplus": lambda: _("The row has %(cells)s cells, the header has %(headers)s."),
    "cell": lambda: _("The cell has %(length)s characters; %(limit)s can be read."),
    "encoding": lambda: _("There are bytes in this cell that stand for no character."),
    "quote": lambda: _("A quotation mark is opened in this row and never closed."),
    "error_value": lambda: _("The cell shows the error %(value)s."),
    # remarks
    "double_header": lambda: _("The header “%(header)s” occurs more than once; here it is called “%(name)s”."),
    "links": lambda: _("The workbook refers to other files. They were not opened; the values last saved were read."),
    "macros": lambda: _("The workbook has macros. They were not run."),
    "list_rows": lambda: _("Each row is an entry of the list “%(list)s”."),
    "no_rows": lambda: _("There is a header and no row."),
}  # fmt: skip

COUNTED = {
    "preamble": lambda count: ngettext(
        "%(count)s line above the header was passed over.",
        "%(count)s lines above the header were passed over.",
        count,
    ),
    "other_sheets": lambda count: ngettext(
        "The sheet “%(name)s” was read; there is %(count)s more.",
        "The sheet “%(name)s” was read; there are %(count)s more.",
        count,
    ),
    "merged": lambda count: ngettext(
        "%(count)s merged area: its value was taken for each of its rows.",
        "%(count)s merged areas: their values were taken for each of their rows.",
        count,
    ),
    "empty_lists": lambda count: ngettext(
        "%(count)s entry has nothing in its list “%(list)s” and gives no row.",
        "%(count)s entries have nothing in their list “%(list)s” and give no row.",
        count,
    ),
    "no_objects": lambda count: ngettext(
        "%(count)s entry is not an object and gives no row.",
        "%(count)s entries are not objects and give no row.",
        count,
    ),
    "preview": lambda count: ngettext(
        "Only the first row was read.",
        "Only the first %(count)s rows were read.",
        count,
    ),
    "short_rows": lambda count: ngettext(
        "%(count)s row has fewer cells than the header: row %(row)s.",
        "%(count)s rows have fewer cells than the header, the first is row %(row)s.",
        count,
    ),
    "nul": lambda count: ngettext(
        "In %(count)s cell there were zero bytes, which were left out: row %(row)s.",
        "In %(count)s cells there were zero bytes, which were left out; the first is in row %(row)s.",
        count,
    ),
}  # fmt: skip
