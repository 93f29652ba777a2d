"""departments, skills, and by whom a customer waits to be answered

Revision: 0009, after 0008.

Who waits now waits for everybody, in the order of before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=40)
ROUTED = ("routed", "proposed_until", "proposed_to", "hops", "department", "ranks_from")


def upgrade() -> None:
    for name in ("departments", "skills"):
        op.add_column("agents", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ranks_from", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("department", ID, nullable=True))
        batch_op.add_column(sa.Column("hops", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("proposed_to", ID, nullable=True))
        batch_op.add_column(sa.Column("proposed_until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("routed", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.create_foreign_key("fk_handoffs_proposed_to", "agents", ["proposed_to"], ["id"])
    op.execute("UPDATE handoffs SET ranks_from = waits_from")
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.alter_column("ranks_from", existing_type=MOMENT, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.drop_constraint("fk_handoffs_proposed_to", type_="foreignkey")
        for name in ROUTED:
            batch_op.drop_column(name)
    for name in ("skills", "departments"):
        with op.batch_alter_table("agents", schema=None) as batch_op:
            batch_op.drop_column(name)
