"""Checks an evidence pack of a departure case, offline. 离线核验离职交接证据包。

Needs Python 3.8 or later and nothing else. 只需 Python 3.8 或更高版本。

    python3 verify.py              the folder in which this file lies 本文件所在文件夹
    python3 verify.py pack.zip     a pack that has not been unpacked 未解压的证据包

1. every file of manifest.json is there, no other is, and its SHA-256 is the one in the list;
2. every signature stands for the content beside it: SHA-256 over the content;
3. every entry of the trail makes the link beside it: SHA-256 over the link before and the entry;
4. every contact and customer that somebody signed for is in the lists.
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

MANIFEST = "manifest.json"


def files_of(place):
    """Name → bytes of a folder or of a ZIP file."""
    place = Path(place)
    if place.is_file():
        with zipfile.ZipFile(place) as pack:
            return {name: pack.read(name) for name in pack.namelist()}
    return {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}


def sha(content):
    return hashlib.sha256(content).hexdigest()


def check_files(files):
    """What is missing, changed or added against the list of digests."""
    listed = json.loads(files[MANIFEST])["files"]
    for name in sorted(set(listed) | set(files) - {MANIFEST}):
        if name not in files:
            yield f"{name}: missing 缺失"
        elif name not in listed:
            yield f"{name}: not in the list of digests 不在摘要清单中"
        elif sha(files[name]) != listed[name]:
            yield f"{name}: changed, its digest is another one 已被改动，摘要不符"


def check_signatures(signatures):
    """Signatures whose content is not what was signed."""
    for row in signatures:
        text = json.dumps(row["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if sha(text.encode()) != row["digest"]:
            yield f"signatures.json: signature {row['number']} ({row['signer']}) 签字内容被改动"


def check_chain(links):
    """Links that do not come from their entry, or do not follow the one before."""
    last = None
    for link in links:
        body = bytes.fromhex(link["before"]) + json.dumps(link["row"], ensure_ascii=False).encode()
        where = f"trail.jsonl: entry {link['row'][0]} (link {link['position']})"
        if sha(body) != link["digest"]:
            yield f"{where} changed 记录被改动"
        if last and link["position"] <= last["position"]:
            yield f"{where} out of order 顺序不符"
        if last and link["position"] == last["position"] + 1 and link["before"] != last["digest"]:
            yield f"{where} does not follow the link before 与上一环不衔接"
        last = link


def check_lists(signatures, customers, contacts):
    """Customers and contacts that were signed for and are in no list."""
    there = {row[0] for row in customers}
    known = {(row[0], row[1]) for row in contacts}
    for row in signatures:
        content = row["content"]
        for one in content.get("customers", []):
            if str(one["customer"]) not in there:
                yield f"customers.csv: customer {one['customer']} is missing 缺少客户"
        for one in content.get("contacts", []):
            for contact in one["contacts"]:
                if (str(one["customer"]), str(contact)) not in known:
                    yield f"contacts.csv: contact {contact} is missing 缺少联系人"


def table(content):
    """The rows of a CSV file without its head."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]


def faults(files):
    """Everything that is wrong with a pack, in words; nothing where it holds."""
    if MANIFEST not in files:
        return [f"{MANIFEST}: missing 缺失"]
    found = list(check_files(files))
    try:
        signatures = json.loads(files["signatures.json"])
        links = [json.loads(line) for line in files["trail.jsonl"].splitlines()]
        found += check_signatures(signatures)
        found += check_chain(links)
        found += check_lists(
            signatures, table(files["customers.csv"]), table(files["contacts.csv"])
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        found.append(f"cannot be read 无法读取: {error!r}")
    return list(dict.fromkeys(found))


def say(text):
    sys.stdout.write(text + "\n")


def main(arguments):
    """Say what was found. Returns 0 where the pack holds."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console may not know every letter
    files = files_of(arguments[0] if arguments else Path(__file__).parent)
    found = faults(files)
    for line in found:
        say(line)
    if found:
        say(f"The pack does not hold: {len(found)} 证据包不成立")
        return 1
    say(f"The pack holds. 证据包完整。 SHA-256 {MANIFEST}: {sha(files[MANIFEST])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
