"""The stage: engines shared by the programs that use them, and the links that lead to the engines."""

from local.aws import REGION

from .errors import StageFolderError, StageInUseError
from .lines import Line
from .links import HOST
from .principals import Principal
from .stage import ENGINES, LATE, OPTIONAL, Prepare, Stage
from .together import EngineState, Unwatched, Watcher
from .users import User

__all__ = [
    "ENGINES",
    "HOST",
    "LATE",
    "OPTIONAL",
    "REGION",
    "EngineState",
    "Line",
    "Prepare",
    "Principal",
    "Stage",
    "StageFolderError",
    "StageInUseError",
    "Unwatched",
    "User",
    "Watcher",
]
