"""A handler that calls another one and answers which modules are loaded after that."""

import importlib
import os
import sys

_module, _, _name = os.environ["COUNTED_HANDLER"].rpartition(".")
_handler = getattr(importlib.import_module(_module), _name)


def handler(event: object, context: object) -> list[str]:
    """Answer the names of the modules that the first answer took."""
    _handler(event, context)
    return sorted(sys.modules)
