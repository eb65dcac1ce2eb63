"""The state that an earlier deployment, or one that runs, has left the stacks in."""

from collections.abc import Iterator

from infra.deployed import DeployedStack

from .errors import Finding
from .subject import Subject


def check_stacks(subject: Subject) -> Iterator[Finding]:
    """Find a stack that can't be deployed to before something is done about it."""
    for stack in (subject.foundation, subject.application):
        remedy = _remedy(stack) if stack else None
        if stack and remedy:
            yield Finding(f"the stack {stack.name} is {stack.status}", remedy)


def _remedy(stack: DeployedStack) -> str | None:
    """Return what to do about a stack, or None where a deployment can begin.

    The CDK's command line itself deletes one that is ROLLBACK_COMPLETE and makes it anew, if it is not protected.
    """
    remove = f"`nox -s remove -- {stack.stage}` takes away what there is; then deploy again"
    match stack.status:
        case "REVIEW_IN_PROGRESS":
            return None  # a change set was made, and nothing else
        case status if status.endswith("_IN_PROGRESS"):
            return "somebody deploys or removes it now: wait until it has ended, then deploy again"
        case "UPDATE_ROLLBACK_FAILED":
            return (
                "going back to the version before failed: mend what its events name, then "
                f"`aws cloudformation continue-update-rollback --stack-name {stack.name}`"
            )
        case "ROLLBACK_COMPLETE" if stack.protected:
            return f"its first deployment failed, and termination protection keeps it: {remove}"
        case "CREATE_FAILED" | "ROLLBACK_FAILED" | "DELETE_FAILED":
            return remove
        case _:
            return None
