"""A private Valkey (or Redis) on loopback. It keeps nothing on disk: PostgreSQL holds the truth."""

import signal
import subprocess
from pathlib import Path

from devtools import binaries, dying, ports, survivors
from devtools.paths import Stop
from devtools.secrets import write_private

_CONFIG = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
daemonize no
dir "{folder}"
pidfile "{folder}/valkey.pid"
save ""
appendonly no
"""


class Valkey:
    name = "valkey"

    def __init__(self, data: Path, passwords: dict[str, str]):
        self.data = data
        self.password = passwords["valkey"]
        self.program = binaries.valkey()
        self.config = data / "valkey.conf"
        self.port = 0
        self.process = None

    def start(self) -> None:
        """The password goes into a private file: argv is readable by every user."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._end_survivor()
        for _ in range(3):
            self.port = self.port if self.port and ports.is_free(self.port) else ports.free()
            settings = _CONFIG.format(
                host=ports.LOOPBACK, port=self.port, password=self.password, folder=self.data
            )
            write_private(self.config, settings)
            with open(self.data / "valkey.log", "ab") as log:
                self.process = subprocess.Popen(
                    [self.program, self.config],
                    cwd=self.data,
                    env={},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=dying.before_exec(signal.SIGTERM),
                )
            if ports.wait_for(self.port, self.process, patience=20):
                return
        raise Stop(f"Valkey does not start; see {self.data / 'valkey.log'}.")

    def url(self) -> str:
        return f"redis://default:{self.password}@{ports.LOOPBACK}:{self.port}/0"

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _end_survivor(self) -> None:
        note = self.data / "valkey.pid"
        if note.exists():
            pid = int(note.read_text().strip() or 0)
            # Valkey replaces its command line by "valkey-server host:port".
            port = self._port_of_survivor()
            if pid and port and survivors.is_ours(pid, f"{ports.LOOPBACK}:{port}"):
                survivors.end(pid, f"{ports.LOOPBACK}:{port}", (signal.SIGTERM, signal.SIGKILL))
            note.unlink(missing_ok=True)

    def _port_of_survivor(self) -> str:
        if not self.config.exists():
            return ""
        lines = self.config.read_text().splitlines()
        return next((line.split()[1] for line in lines if line.startswith("port ")), "")
