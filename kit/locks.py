"""Locks by name, for what no row stands for."""

from django.db import connection


def hold_off(name):
    """Nobody else goes on under this name before the transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
