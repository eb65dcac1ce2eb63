"""What holds for every test of the workspace."""

from hypothesis import settings

# For `nox -s unit`: enough examples to find what is plainly wrong. The other sessions try a hundred.
settings.register_profile("quick", max_examples=10)
