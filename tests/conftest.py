"""What holds for every test: hypothesis measures no wall time, which a busy machine makes up."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "filmroom", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("filmroom")
