"""PostgreSQL of a stage, and RDS Proxy before it."""

from .database import Database
from .names import APP_USER, DATABASE_NAME, MASTER_USER

__all__ = ["APP_USER", "DATABASE_NAME", "MASTER_USER", "Database"]
