"""What `dev.py` is made of: installer, private servers, processes, verbs.

Standard library only, because `venv.py` runs before anything is installed. Exceptions are
psycopg2, imported inside a function of `roles.py`, and `prepare.py`, a program of its own.
The product never imports this package; the container image uses `roles` and `probe`.
"""
