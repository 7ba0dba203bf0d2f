"""The verbs of `dev.py`, their help, and what happens before each of them."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from devtools import checks, handover, run, servers, slots, suite, venv
from devtools.paths import PYTHON, ROOT, Stop, data_folder, say

TEST = "config.settings.test"


def main(argv: list[str]) -> int:
    name, arguments = (argv[0], argv[1:]) if argv else ("help", [])
    if name in ("help", "-h", "--help") or name not in VERBS:
        print(_help())
        return 0 if name in ("help", "-h", "--help") else 2
    if os.name == "nt":
        say("Windows is served through WSL 2: gunicorn and Valkey do not exist for it.")
        return 1
    try:
        _forget_own_exports()
        if name != "stop" or not venv.is_made():  # stopping installs nothing
            venv.ensure()
        venv.enter(argv)
        _compile_messages()
        return VERBS[name](arguments) or 0
    except Stop as stop:
        say(f"\n{stop}")
        return 1
    except KeyboardInterrupt:
        return 130


def _help() -> str:
    lines = [f"  {name:9}{verb.__doc__.splitlines()[0]}" for name, verb in VERBS.items()]
    return "python3 dev.py VERB …\n\n" + "\n".join(lines)


def _compile_messages() -> None:
    """A bare machine has no msgfmt: the project compiles its translations itself."""
    if (ROOT / "kit" / "messages.py").exists():
        done = subprocess.run(
            [PYTHON, "-m", "kit.messages"], cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode:
            raise Stop(f"The translations do not compile.\n{done.stdout}{done.stderr}")


def _forget_own_exports() -> None:
    """In a shell with `dev.py env`'s exports, its addresses are ours and not given ones."""
    if os.environ.get("HOLDFAST_EXPORTED"):
        for name in (*servers.URLS, "SECRET_KEY", "FIELD_KEY"):
            os.environ.pop(name, None)


def install(_arguments) -> int:
    """make .venv and install the lock (every verb does so when the lock has changed)"""
    return 0  # main has done it


def run_all(arguments) -> int:
    """start everything: [--port N] [--json] [--no-demo]; Ctrl-C stops it"""
    data = data_folder()
    try:
        return run.run(arguments)
    finally:
        servers.detach()
        if not (data / "stay").exists():
            servers.wait_until_stopped(data)


def env(_arguments) -> int:
    """print exports of the running servers; starts them if none run (stop ends them)"""
    data = data_folder()
    environment = servers.attach(data)
    running = run.instance(data)
    if servers.missing() and not running:
        servers.stay(data)
    kept = servers.running(data) if servers.missing() else None
    pids = (kept["pids"] if kept else {}) | (running["pids"] if running else {})
    environment |= {f"HOLDFAST_PID_{name.upper()}": str(pid) for name, pid in pids.items()}
    environment["HOLDFAST_PIDS"] = " ".join(str(pid) for pid in pids.values())
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    environment["HOLDFAST_EXPORTED"] = "1"
    if running:
        environment["HOLDFAST_URL"] = running["url"]
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def stop(_arguments) -> int:
    """stop what `run` or `env` of this folder left running"""
    data = data_folder()
    if running := run.instance(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running["pids"]["launcher"], signal.SIGTERM)
        while run.instance(data):
            time.sleep(0.1)
    (data / "stay").unlink(missing_ok=True)
    if data.exists() and (kept := servers.running(data)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(kept["pids"]["keeper"], signal.SIGTERM)
        servers.wait_until_stopped(data)
    return 0


def manage(arguments) -> int:
    """manage.py with the environment of the servers: manage migrate --database=owner"""
    environment = handover.environment("config.settings.dev", servers.attach(data_folder()))
    # files that are named in the arguments lie where the caller stands
    return handover.over(environment, str(ROOT / "manage.py"), *arguments, cwd=None)


def test(arguments) -> int:
    """run the suite without its slow part, on all cores: [-n N] [pytest's arguments]"""
    count, wanted = suite.spread(arguments)
    chosen = wanted if "-m" in arguments else ["-m", "not slow", *wanted]
    with slots.taken("test", count) as given:
        environment = handover.environment(TEST, suite.environment(given))
        return handover.over(environment, "-m", "pytest", *chosen)


def e2e(arguments) -> int:
    """run the browser journeys in tests/e2e with the system's Chromium"""
    with_browser = _browser()
    if not with_browser:
        raise Stop(
            "No Chromium found. Install it (Debian: apt-get install chromium fonts-noto-cjk)\n"
            "or name it in HOLDFAST_CHROMIUM."
        )
    with _slot("test") as environment:
        environment |= with_browser
        # pyproject.toml keeps the browser out of the ordinary suite; here it is wanted.
        wanted = ["-o", "addopts=-q --strict-markers", *(arguments or ["tests/e2e"])]
        return handover.over(environment, "-m", "pytest", *wanted)


def check(_arguments) -> int:
    """linters, layer contracts, migrations, triggers, types, Django's checks, compose file"""
    with _slot("test") as environment:
        return checks.run(environment)


def bench(arguments) -> int:
    """measure: NAME [--size N] [--keep] [--json]"""
    return _in_slot("bench", "tests.perf", arguments)


def drill(arguments) -> int:
    """long fault runs: NAME --points N --seed S [--json]"""
    return _in_slot("drill", "tests.drill", arguments)


def accept(arguments) -> int:
    """acceptance tests: ID|all|--mutants [--json]"""
    return _in_slot("test", "tests.accept", arguments, **_browser())


def _browser() -> dict[str, str]:
    """What tells a test where the system's Chromium is; empty where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    chromium = os.environ.get("HOLDFAST_CHROMIUM") or found
    if not chromium or not Path(chromium).exists():
        return {}
    return {"HOLDFAST_CHROMIUM": chromium, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}


def _in_slot(kind: str, module: str, arguments: list[str], **more: str) -> int:
    with _slot(kind) as environment:
        return handover.over(environment | more, "-m", module, *arguments)


@contextlib.contextmanager
def _slot(kind: str):
    """The environment of one process with servers of its own."""
    with slots.taken(kind) as (given,):
        yield handover.environment(TEST, given)


VERBS = {
    "install": install,
    "run": run_all,
    "env": env,
    "stop": stop,
    "test": test,
    "check": check,
    "e2e": e2e,
    "bench": bench,
    "drill": drill,
    "accept": accept,
    "manage": manage,
}
