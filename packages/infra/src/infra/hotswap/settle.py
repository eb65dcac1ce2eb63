"""Taking back what `watch` has left, once a deployment has ended."""

from collections.abc import Callable, Mapping

from core.sdk import Clients
from infra.bundle import Bundle
from infra.stage import StageConfig

from .swap import swap


def settle(config: StageConfig, bundles: Mapping[str, Bundle], clients: Clients, say: Callable[[str], object]) -> None:
    """Give each function of a dev or personal stage the code of the deployment, where it runs another.

    CloudFormation compares templates: after `watch`, it finds nothing to do for code that is the last deployment's. The
    code of other stages changes by deployments alone.

    Args:
        config: the stage.
        bundles: the bundles that were deployed, by their functions' names.
        clients: AWS, in the stage's region.
        say: takes a line for each function that ran other code.

    Raises:
        NotDeployedError: the stage has no such function.
        ClientError: AWS refuses; for `aws_errors`, as all errors of the SDK.
    """
    if config.sizing == "dev":
        swap(config, bundles, clients, lambda line: say(f"{line}: it ran other code, as `watch` leaves it"))
