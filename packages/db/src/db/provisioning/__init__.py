"""The steps of provisioning: what a deployment applies inside of the engines before anything uses them.

Each step may be run again and at the same time as another run of it, and picks up what an earlier run left half done.
"""

from .engines import Engines, Patience
from .errors import (
    ApplicationRoleError,
    EnginesNotReadyError,
    MasterRefusedError,
    OtherBranchError,
    ProvisioningError,
    SearchRoleError,
    StepFailedError,
)
from .plan import deployment, migration
from .search_roles import FunctionRole
from .steps import Step, run_steps

__all__ = [
    "ApplicationRoleError",
    "Engines",
    "EnginesNotReadyError",
    "FunctionRole",
    "MasterRefusedError",
    "OtherBranchError",
    "Patience",
    "ProvisioningError",
    "SearchRoleError",
    "Step",
    "StepFailedError",
    "deployment",
    "migration",
    "run_steps",
]
