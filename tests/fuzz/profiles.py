"""How many inputs are tried: some in CI, the same each time; more by the profile ``thorough``."""

import os

from hypothesis import HealthCheck, Phase, settings

COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much,
                              HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
}  # fmt: skip
settings.register_profile("few", max_examples=60, derandomize=True, phases=[Phase.generate, Phase.shrink], **COMMON)
settings.register_profile("thorough", max_examples=int(os.environ.get("FUZZ_INPUTS", "5000")), **COMMON)


def profile(test):
    """The settings of the profile that ``FUZZ_PROFILE`` names (``few`` or ``thorough``), for one test."""
    return settings(settings.get_profile(os.environ.get("FUZZ_PROFILE", "few")))(test)
