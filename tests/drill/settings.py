"""The product as the suite has it, with a fault put in from outside where a drill asks for one."""

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.drill.mutants.Mutants"]
