"""reaching customers who have gone: what they have seen, what they were told elsewhere, and where they can be reached

Revision: 0011, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_seq", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("told_seq", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("contact", sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column("contact_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("join_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resumes", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("join_links", schema=None) as batch_op:
        batch_op.drop_column("resumes")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        for column in ("contact_asked", "contact", "told_seq", "seen_seq"):
            batch_op.drop_column(column)
