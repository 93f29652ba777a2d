"""sentences that trainers look at, what they did with them, and what they wrote

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from base.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox_sentences",
        sa.Column("turn_id", sa.String(length=40), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("handed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("turn_id"),
    )
    op.create_index("ix_inbox_sentences_group", "inbox_sentences", ["group_id"])
    op.create_index("ix_inbox_sentences_state", "inbox_sentences", ["state", "at"])
    op.create_index("ix_inbox_sentences_at", "inbox_sentences", ["at"])
    op.create_table(
        "inbox_steps",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("step_id", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("batch", sa.String(length=80), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_labels_state", "labels", ["state", "at"])
    op.create_index("ix_labels_step_id", "labels", ["step_id"])
    op.create_index("ix_labels_batch", "labels", ["batch"])


def downgrade() -> None:
    op.drop_table("labels")
    op.drop_table("inbox_steps")
    op.drop_table("inbox_sentences")
