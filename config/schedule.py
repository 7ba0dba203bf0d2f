"""The only schedule: what beat starts, how often, and why.

Every task is a hint; the work itself is rows in PostgreSQL, so a missed beat delays and never loses.
"""

BEAT = {
    # name: task, seconds between runs
    "heartbeat": {"task": "kit.tasks.heartbeat", "schedule": 15.0},  # readiness looks at it
    "relay": {"task": "kit.tasks.relay", "schedule": 5.0},  # effects whose hint was lost
    "jobs": {"task": "kit.tasks.sweep", "schedule": 15.0},  # jobs left by a dead worker
    "seal": {"task": "accounts.tasks.seal", "schedule": 60.0},  # chain the trail, write the anchor
    "alarm": {"task": "accounts.tasks.alarm", "schedule": 300.0},  # row events without a service
    # keys that were destroyed, told outside the database
    "erasures": {"task": "kit.tasks.note_erasures", "schedule": 60.0},
    # erasures that were decided and that a fault has stopped
    "erase": {"task": "crm.tasks.resume_erasures", "schedule": 300.0},
    "verify": {"task": "accounts.tasks.verify", "schedule": 86_400.0},  # recompute the chain
    "purge": {"task": "crm.tasks.purge_access", "schedule": 86_400.0},  # drop dead access rows
    # values of customer files grow old by themselves
    "files": {"task": "crm.tasks.count_files", "schedule": 86_400.0},
    # values of private files whose days are over
    "private": {"task": "crm.tasks.expire_private", "schedule": 3_600.0},
    # what devices wrote in late visits, a month after somebody decided
    "late": {"task": "crm.tasks.forget_late_visits", "schedule": 86_400.0},
    # one file exam a month for every backup; the month is claimed in the database
    "exams": {"task": "crm.tasks.draw_exams", "schedule": 21_600.0},
    # orders count for twelve months
    "tiers": {"task": "crm.tasks.count_tiers", "schedule": 86_400.0},
    # rows of imports whose undo is over
    "imports": {"task": "crm.tasks.purge_imports", "schedule": 3_600.0},
    # marks of clocks: 30, 14, 7 days before the end of a tenure, and when it is overdue
    "rotation": {"task": "handover.tasks.remind_of_rotation", "schedule": 900.0},
    # marks before important dates: ten and three working days
    "dates": {"task": "crm.tasks.remind_of_dates", "schedule": 900.0},
    "check": {"task": "crm.tasks.check_access", "schedule": 86_400.0},  # compare with the truth
}
