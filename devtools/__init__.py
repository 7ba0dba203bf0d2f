"""What `dev.py` is made of: installer, private servers, processes, verbs.

Standard library only, because `venv.py` runs before anything is installed. The one
exception is psycopg2, imported inside functions that run after the installation.
Nothing here is part of the product: the container image leaves it out.
"""
