"""What can go wrong with provisioning: each reason is read in CloudFormation's events, and tells no secret."""

from typing import Final

from core.errors import Failure
from db.errors import DbError

MASTER_REFUSED: Final = "docs/deploying.md#the-master-user-is-refused"
"""Where it is told what to do where RDS Proxy lets the master user not sign in by IAM."""


class ProvisioningError(DbError):
    """Anything that provisioning raises by itself."""


class StepFailedError(ProvisioningError):
    """A step failed; those before it are done, those after it are not.

    Attributes:
        step: its name.
    """

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step


class EnginesNotReadyError(ProvisioningError):
    """An engine does not answer, or does not let the provision function in.

    Attributes:
        engine: which.
        failure: the class of the last failure.
    """

    def __init__(self, engine: str, failure: Failure, seconds: float, said: str) -> None:
        super().__init__(f"{engine} is not ready after {seconds:.0f} s ({failure}): {said}")
        self.engine, self.failure = engine, failure


class MasterRefusedError(EnginesNotReadyError):
    """RDS Proxy has refused the master user's IAM token for longer than a new policy takes to be known."""

    def __init__(self, user: str, failure: Failure, seconds: float, said: str) -> None:
        super().__init__(
            "PostgreSQL",
            failure,
            seconds,
            f"the master user {user!r} is refused with an IAM token. Either the function's role lacks rds-db:connect"
            f" for it, or RDS Proxy does not take a token of a user that has a secret: {MASTER_REFUSED} tells which,"
            f" and what to do. It said: {said}",
        )


class ApplicationRoleError(ProvisioningError):
    """The application's role of the database can't be made what it is to be."""


class OtherBranchError(ProvisioningError):
    """The database is at a revision that is of another branch than this code: it is not ahead of it.

    Attributes:
        revision: the database's revision.
    """

    def __init__(self, revision: str, head: str) -> None:
        super().__init__(
            f"the database is at revision {revision}, which this code does not have and which does not come after"
            f" {head}, its newest: deploy the branch that has both, or restore the database"
        )
        self.revision = revision


class SearchRoleError(ProvisioningError):
    """A role of OpenSearch can't be made or mapped.

    Attributes:
        status: the HTTP status that OpenSearch answered with.
    """

    def __init__(self, what: str, status: int, said: str) -> None:
        super().__init__(f"OpenSearch answered {status} to {what}: {said}")
        self.status = status
