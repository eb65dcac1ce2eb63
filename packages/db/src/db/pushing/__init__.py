"""Bringing a local database straight to the models, without a revision, and back under migrations afterwards.

Import `plan` and `apply` from `db.pushing.plan` and `db.pushing.apply`, and `settle` from `db.pushing.settle`, which
loads neither SQLAlchemy nor Alembic where there is nothing to settle.
"""
