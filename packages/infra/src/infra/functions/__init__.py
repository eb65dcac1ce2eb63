"""The functions of a stage, made from the manifest alone."""

from .errors import UndeployableFunctionError
from .functions import Functions
from .naming import function_name
from .permissions import run_in_network, write_log
from .runtime import Place, make_function

__all__ = [
    "Functions",
    "Place",
    "UndeployableFunctionError",
    "function_name",
    "make_function",
    "run_in_network",
    "write_log",
]
