"""What a deployed stage is given: its variables, validated whole and handed on as one frozen value.

Needs the extra `core[settings]`. Functions never import it: what they see is in `core.environment` and their links.
"""

from core.errors import StageNameError
from core.names import LOCAL, check_stage

from .errors import Problem, SettingsError
from .load import Purpose, env_file_of, load, region_of
from .schema import PREFIX, StageSettings
from .stage import Sizing

__all__ = [
    "LOCAL",
    "PREFIX",
    "Problem",
    "Purpose",
    "SettingsError",
    "Sizing",
    "StageNameError",
    "StageSettings",
    "check_stage",
    "env_file_of",
    "load",
    "region_of",
]
