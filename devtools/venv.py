"""Make `.venv` and install the lock into it, only when the lock's hash has changed."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time

from devtools.locks import exclusive
from devtools.paths import BIN, LOCK_FILE, PYTHON, ROOT, VENV, Stop, say

STAMP = VENV / ".installed"


def ensure() -> None:
    """Bring `.venv` to what the lock says; a second launcher waits for the first."""
    with exclusive(ROOT / ".venv.lock", wait=True):
        if _stamp_wanted() != _stamp_found():
            _make()
            _install()
            STAMP.write_text(_stamp_wanted())


def is_made() -> bool:
    """Whether `.venv` has been installed, maybe from an older lock."""
    return STAMP.exists()


def _stamp_wanted() -> str:
    digest = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    return f"{digest} python {sys.version_info.major}.{sys.version_info.minor}"


def _stamp_found() -> str:
    """The stamp, or nothing when `.venv` was copied here or its Python has gone."""
    try:
        subprocess.run([PYTHON, "-c", ""], check=True, capture_output=True)
        return STAMP.read_text()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _make() -> None:
    """Create the environment, without pip where Debian's Python has no ensurepip."""
    try:
        version = subprocess.run(
            [PYTHON, "-c", "import sys; print(*sys.version_info[:2])"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        if version == [str(part) for part in sys.version_info[:2]]:
            return
    except (OSError, subprocess.CalledProcessError):
        pass
    say("Making .venv …")
    bare = shutil.which("uv") or importlib.util.find_spec("ensurepip") is None
    command = [_base_python(), "-m", "venv", "--clear", *(["--without-pip"] if bare else []), VENV]
    subprocess.run(command, check=True)


def _install() -> None:
    say(f"Installing {LOCK_FILE.name} (about a minute, only when the lock has changed) …")
    started = time.monotonic()
    command = [*_installer(), "--require-hashes", "--no-deps", "--quiet", "-r", LOCK_FILE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Stop(f"The installation failed.\n{done.stdout}{done.stderr}")
    # On all cores, and even where PYTHONDONTWRITEBYTECODE would have every start compile anew.
    subprocess.run([PYTHON, "-m", "compileall", "-q", "-j", "0", VENV], capture_output=True)
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def _installer() -> list:
    """uv if the developer has it, else the environment's own pip, else another pip for it."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", PYTHON]
    options = ["--disable-pip-version-check", "--no-input", "--no-compile"]
    if (BIN / "pip").exists() or (BIN / "pip.exe").exists():
        return [PYTHON, "-m", "pip", "install", *options]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON, "install", *options]
    raise Stop(
        "This Python has neither ensurepip nor pip, and uv is not on PATH.\n"
        "Install one of them, on Debian for example: apt-get install python3-venv"
    )


def _base_python() -> str:
    """The interpreter outside any environment, so that `.venv` never hangs on another one."""
    return getattr(sys, "_base_executable", None) or sys.executable


def enter(argv: list) -> None:
    """Go on inside `.venv`; the process id stays, so signals still reach the launcher."""
    if os.path.samefile(sys.prefix, VENV):
        return
    command = [str(PYTHON), str(ROOT / "dev.py"), *argv]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(PYTHON, command)
