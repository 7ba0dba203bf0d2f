"""Tables as files: what a spreadsheet would take for a formula stays text."""

import tempfile

from django.http import FileResponse

from kit.rows import write

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table(request, name, headers, rows):
    """Headers and rows as a CSV, or as a workbook where `?as=xlsx` asks for it."""
    form = "xlsx" if request.GET.get("as") == "xlsx" else "csv"
    file = tempfile.TemporaryFile()  # noqa: SIM115 closed by the response
    getattr(write, form)(file, headers, rows)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{name}.{form}", content_type=TYPES[form]
    )
