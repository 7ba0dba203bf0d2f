"""How gunicorn serves the pages: processes by the machine's cores, logs as everywhere."""

import os

from config.logs import LOGGING

# A request waits for the database most of its time: four threads share a process. More than eight
# processes would want more connections than PostgreSQL gives by default: add machines, or raise it.
workers = int(os.environ.get("WEB_CONCURRENCY") or min(max(2, os.cpu_count() or 2), 8))
worker_class = "gthread"
threads = 4
timeout = 90  # above statement_timeout, so that a slow statement is told as such
graceful_timeout = 30  # requests under way end before an update takes their process away
max_requests = 20_000  # whatever a library may leak ends with its process
max_requests_jitter = 2_000
control_socket_disable = True
logconfig_dict = LOGGING


def post_worker_init(worker):
    """Every process that serves pages notices when the database has stopped to answer."""
    from kit import lifeline

    lifeline.watch()
