"""which trained model went into service, when, by whom and why

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

import base.database

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_changes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", base.database.UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("override", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_changes")),
    )
    with op.batch_alter_table("model_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_changes_at"), ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("model_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_changes_at"))
    op.drop_table("model_changes")
