"""one-time codes, proved e-mails, logins that were shown

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "code_challenges",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("turn_id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(length=10), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("turn_id"),
    )
    with op.batch_alter_table("code_challenges", schema=None) as batch_op:
        batch_op.create_index("ix_code_challenges_conversation", ["conversation_id", "created_at"], unique=False)
        batch_op.create_index("ix_code_challenges_email", ["email", "created_at"], unique=False)
        batch_op.create_index("ix_code_challenges_address", ["address_key", "created_at"], unique=False)
        batch_op.create_index("ix_code_challenges_created", ["created_at"], unique=False)

    op.create_table(
        "code_tries",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("challenge_id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"]),
        sa.ForeignKeyConstraint(["challenge_id"], ["code_challenges.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    with op.batch_alter_table("code_tries", schema=None) as batch_op:
        batch_op.create_index("ix_code_tries_email", ["email", "at"], unique=False)
        batch_op.create_index("ix_code_tries_address", ["address_key", "at"], unique=False)
        batch_op.create_index("ix_code_tries_at", ["at"], unique=False)

    op.create_table(
        "proved_emails",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("proved_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation_id", "email"),
    )
    with op.batch_alter_table("proved_emails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proved_emails_email"), ["email"], unique=False)

    op.create_table(
        "used_logins",
        sa.Column("token_key", sa.String(length=64), nullable=False),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_key"),
    )
    with op.batch_alter_table("used_logins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_used_logins_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    for table in ("used_logins", "proved_emails", "code_tries", "code_challenges"):
        op.drop_table(table)
