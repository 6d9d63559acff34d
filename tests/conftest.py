"""One hypothesis profile for all tests: the same examples on every machine, and no wall clock."""

from hypothesis import settings

settings.register_profile("refimpl", derandomize=True, deadline=None, database=None, max_examples=60)
settings.load_profile("refimpl")
