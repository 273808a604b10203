"""Properties hold or do not: how long an example takes on a busy machine is no part of them."""

from hypothesis import settings

settings.register_profile("filmroom", deadline=None)
settings.load_profile("filmroom")
