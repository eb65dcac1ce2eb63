"""${message}

Revision ${up_revision}, after ${down_revision or "none"}; generated on ${create_date}.
"""

${imports}

revision: str = "${up_revision}"
down_revision: str | None = ${f'"{down_revision}"' if down_revision else None}
% if concurrent:
concurrent = True
% endif


def upgrade() -> None:
    """Bring the schema to this revision."""
% if upgrades:
    ${upgrades}
% endif


def downgrade() -> None:
    """Take the schema back to the revision before."""
% if downgrades:
    ${downgrades}
% endif
