"""A worker loads the tasks of the apps and nothing else: it must know the steps of every job."""

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

from django.conf import settings

from kit.jobs import STEPS

LOADED = """
import django
django.setup()
import accounts.tasks, crm.tasks, handover.tasks, kit.tasks
from kit.jobs import STEPS
print(*sorted(STEPS))
"""


def test_a_worker_knows_the_steps_of_every_job():
    for app in ("accounts", "crm", "handover"):
        services = import_module(f"{app}.services")
        for module in iter_modules(services.__path__):
            import_module(f"{app}.services.{module.name}")
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True,
                          cwd=settings.BASE_DIR, timeout=60)  # fmt: skip
    assert "erasure.run" in STEPS
    assert set(STEPS) - set(done.stdout.split()) == set()
