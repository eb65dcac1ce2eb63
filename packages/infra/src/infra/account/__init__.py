"""What the stages of an account and region share, and `bootstrap` makes once."""

from .linked_roles import has_linked_role, make_linked_roles
from .logs_policy import LOGS_POLICY, has_logs_policy, put_logs_policy

__all__ = ["LOGS_POLICY", "has_linked_role", "has_logs_policy", "make_linked_roles", "put_logs_policy"]
