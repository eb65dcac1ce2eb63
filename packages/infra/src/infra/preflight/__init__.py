"""Before a deployment: everything that is known to fail one, looked for while nothing has been changed.

What it can't know: whether AWS has capacity left, which zones offer an ElastiCache node type (no call tells), and
what an organization's policies deny the deployment's own role.
"""

from .errors import Finding, PreflightError
from .linked_roles import services
from .run import preflight

__all__ = ["Finding", "PreflightError", "preflight", "services"]
