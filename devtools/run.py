"""`dev.py run`: the whole product on this machine until Ctrl-C."""

import argparse
import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

from devtools import handover, locks, ports, processes, secrets, servers
from devtools.paths import Stop, data_folder, say


def run(argv: list[str]) -> int:
    options = _options(argv)
    data = data_folder()
    try:
        with locks.exclusive(data / "run.lock"):
            return _run(options, data)
    except locks.Busy:
        running = instance(data)
        where = f" at {running['url']}" if running else ""
        raise Stop(
            f"Holdfast already runs from {data}{where}.\n"
            "Stop it with Ctrl-C or `python3 dev.py stop`, or set HOLDFAST_DATA to another folder."
        ) from None


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--json", action="store_true", help="address and logins as the last line")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty company")
    return parser.parse_args(argv)


def _run(options: argparse.Namespace, data: Path) -> int:
    port = options.port or ports.free()
    if not ports.is_free(port):
        raise Stop(f"Port {port} is taken: choose another one with --port.")
    told = _listen_for_stop()
    environment = handover.environment("config.settings.dev", servers.attach(data))
    environment["HOLDFAST_DEMO"] = "0" if options.no_demo else "1"
    logins = _prepare(environment, demo=not options.no_demo)
    running = processes.Processes(
        processes.commands(f"{ports.LOOPBACK}:{port}", data), environment, data / "log"
    )
    url = f"http://{ports.LOOPBACK}:{port}"
    note = data / "run.json"

    def write_note():
        description = {"url": url, "pids": {"launcher": os.getpid()} | running.pids()}
        secrets.write_private(note, json.dumps(description))

    try:
        running.start()
        write_note()
        _wait_healthy(url, running, told, data)
        if not told:
            _announce(url, logins, options.json)
        running.watch(lambda: bool(told), write_note)
    finally:
        say("Stopping …")
        note.unlink(missing_ok=True)
        running.stop()
    return 0


def _listen_for_stop() -> list[int]:
    """The signals received so far; handlers only take notes, the loop acts."""
    told: list[int] = []

    def take_note(number, _frame):
        told.append(number)
        if len(told) > 1:
            raise KeyboardInterrupt  # a second Ctrl-C while something hangs

    signal.signal(signal.SIGINT, take_note)
    signal.signal(signal.SIGTERM, take_note)
    return told


def _prepare(environment: dict[str, str], *, demo: bool) -> dict:
    """Migrations, static files, demo data on first use; answers the demo logins by role."""
    say("Preparing the database …")
    options = ["--demo"] if demo else []
    told = handover.quietly(environment, "-m", "devtools.prepare", *options)
    return json.loads(told.splitlines()[-1])


def _wait_healthy(url: str, running, told: list[int], data: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and not told:
        if running.running["web"].poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{url}/healthz", timeout=5):
                return
        time.sleep(0.1)
    if not told:
        log = (data / "log" / "web.log").read_text(errors="replace")[-3000:]
        raise Stop(f"The web process does not answer.\n{log}")


def _announce(url: str, logins: dict, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"url": url, "logins": logins}, ensure_ascii=False), flush=True)
        return
    print(f"\nHoldfast runs at {url} (Ctrl-C stops it)\n")
    for role, known in logins.items():
        print(f"  {role:24} {known['login']:20} {known['password']}")
    print(flush=True)


def instance(data: Path) -> dict | None:
    """What a running `dev.py run` of this folder says about itself."""
    with contextlib.suppress(locks.Busy), locks.exclusive(data / "run.lock"):
        return None
    with contextlib.suppress(OSError, ValueError):
        return json.loads((data / "run.json").read_text())
    return None
