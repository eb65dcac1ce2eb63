"""Testing Lambda functions on a local stage: for our own tests, and for yours.

The pytest plugin `local.testing.plugin` is there where this package is installed; its fixtures start what they need
when a test asks for it.
"""

from .host import Answer, Host

__all__ = ["Answer", "Host"]
