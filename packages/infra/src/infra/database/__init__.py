"""PostgreSQL of a stage, and RDS Proxy before it."""

from .database import Database
from .names import APP_USER, DATABASE_NAME, MASTER_USER, instance_name

__all__ = ["APP_USER", "DATABASE_NAME", "MASTER_USER", "Database", "instance_name"]
