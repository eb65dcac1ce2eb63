"""The names of stages, and of what is deployed of one: infra makes it, the local stage's commands look for it."""

import re
from typing import Final, Literal

from .errors import StageNameError

PROJECT: Final = "mocstack"
"""The project: what names in AWS begin with, and the tag that says whose a thing is."""

LOCAL: Final = "local"
"""The stage on a laptop."""

Part = Literal["foundation", "application"]
"""The stacks of a stage: what keeps state, and what a release replaces."""

PROVISION_FUNCTION_OUTPUT: Final = "ProvisionFunctionName"
"""The output of a stage's application stack that names the function that migrates its database."""

API_URL_OUTPUT: Final = "ApiUrl"
"""The output of the same stack that has the address of the HTTP API, without a final slash."""

BUCKET_NAME_OUTPUT: Final = "BucketName"
"""The output of a stage's foundation stack that names its bucket."""

BASTION_GROUP_OUTPUT: Final = "BastionGroupName"
"""The output of a stage's foundation stack that names the Auto Scaling group of the bastion, where there is one."""

_MAX_LENGTH = 16
_STAGE = re.compile(r"[a-z](-?[a-z0-9]){1,15}")


def check_stage(stage: str) -> str:
    """Return the name of a stage if it is one.

    Raises:
        StageNameError: it is not; names of AWS resources hold it, and the shortest of them leave room for 16.
    """
    if len(stage) > _MAX_LENGTH or not _STAGE.fullmatch(stage):
        raise StageNameError(
            stage,
            f"is no name of a stage: 2 to {_MAX_LENGTH} lower-case letters, digits and single hyphens between them, "
            "the first a letter",
        )
    return stage


def own_name(stage: str) -> str:
    """Return the name of what a stage has one of; every other name of the stage begins with it and a hyphen."""
    return f"{PROJECT}-{stage}"


def stack_name(stage: str, part: Part) -> str:
    """Return the name of a CloudFormation stack of a stage."""
    return f"{own_name(stage)}-{part}"


def link_output(link: str) -> str:
    """Return the name of the output of a stage's application stack that has a link, encoded, as the application's."""
    return f"Link{link}"
