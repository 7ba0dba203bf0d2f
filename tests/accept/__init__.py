"""The acceptance tests, as far as built: `dev.py accept ID|all [--mutants] [--json]`.

Every id is a module with `run() -> (ok, figures)` and `MUTANTS`, patches from outside that take one
guard away. With `--mutants` each of them must turn the test red: so no test is empty.
"""
