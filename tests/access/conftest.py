"""How long Hypothesis searches: quickly in the suite, HYPOTHESIS_PROFILE=ci for longer."""

import os

from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
settings.register_profile("quick", max_examples=25, **COMMON)
settings.register_profile("ci", max_examples=150, **COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
