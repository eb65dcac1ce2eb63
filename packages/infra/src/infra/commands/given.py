"""What a stage is given, for a command."""

import argparse
from typing import TYPE_CHECKING, cast

from core.settings import Purpose, StageSettings, env_file_of, load

if TYPE_CHECKING:
    from pathlib import Path


def given(options: argparse.Namespace, purpose: Purpose) -> StageSettings:
    """Return the settings of the stage that the command line names.

    Raises:
        StageNameError: it is none that is deployed.
        SettingsError: something is missing or wrong.
    """
    root, stage = cast("Path", options.root), cast("str", options.stage)
    return load(stage, purpose=purpose, env_file=env_file_of(root, stage))
