"""Faults on purpose: processes and servers of a whole installation are killed while it works."""
