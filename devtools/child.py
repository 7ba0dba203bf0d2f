"""`python -m devtools.child MODULE …`: run a module whose forks die with it.

gunicorn and the Celery worker fork workers of their own. When such a master is killed,
its workers would live on until they notice; here the kernel ends them.
"""

import runpy
import sys

from devtools.dying import also_grandchildren

if __name__ == "__main__":
    also_grandchildren()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
