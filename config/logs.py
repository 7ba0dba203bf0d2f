"""Structured logs: one JSON object a line, ids only, never a personal value.

Every line names the request or the task it belongs to and who acts. The text of an exception may
quote what somebody typed or what a row holds, so it stays out: its type, the place and the name of
the constraint are enough to find the fault.
"""

from contextvars import ContextVar

import structlog
from celery.signals import setup_logging, task_postrun, task_prerun

from kit.middleware import acting, request_id

# What a log line may carry besides its message; anything else stays out.
FIELDS = ["request_id", "method", "view", "status", "actor", "ms", "verb", "task"]

# Errors of the machinery, whose text says which server did not answer and holds no row.
HARMLESS = {"InterfaceError", "ConnectionError", "ConnectionRefusedError", "TimeoutError"}

task_id: ContextVar[str] = ContextVar("task_id", default="")
task_name: ContextVar[str] = ContextVar("task_name", default="")


def whose(_logger, _name, line):
    """Add request, actor and task to a line that does not name them itself."""
    if line.get("logger") == "celery.app.trace" and line.get("exc_info"):
        line["event"] = "task failed"  # Celery's sentence quotes the exception
    known = {"request_id": request_id.get(), "actor": acting(),
             "task": task_name.get(), "task_id": task_id.get()}  # fmt: skip
    return line | {name: value for name, value in known.items() if value and name not in line}


class Tracebacks(structlog.tracebacks.ExceptionDictTransformer):
    """Type and place of an exception and of its causes, without its text and local variables."""

    def __call__(self, exc_info):
        return [self._plain(part) for part in super().__call__(exc_info)]

    def _plain(self, part):
        kept = {"type": part["exc_type"], "frames": [place(frame) for frame in part["frames"]]}
        if part["exc_type"] in HARMLESS:
            kept["text"] = part["exc_value"]
        return kept


def place(frame):
    """Where: the file inside its package, the line, the function."""
    file = "/".join(frame["filename"].split("/")[-3:])
    return f"{file}:{frame['lineno']} {frame['name']}"


SHARED = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=FIELDS),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    whose,
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(Tracebacks(show_locals=False)),
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django would mail errors with everything that was posted.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # Beat and worker would tell every hint, twelve times a minute.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # gunicorn and Celery write through the same formatter.
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
    },
}


@setup_logging.connect
def as_the_web(**_options):
    """Celery's processes write the same lines as the web."""
    import logging.config

    logging.config.dictConfig(LOGGING)


@task_prerun.connect
def begin(task_id, task, **_options):
    """From here on lines belong to this task."""
    names = globals()
    names["task_id"].set(task_id)
    names["task_name"].set(task.name)


@task_postrun.connect
def end(**_options):
    """The task has ended."""
    task_id.set("")
    task_name.set("")
