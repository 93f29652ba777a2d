"""one person on several channels: sides of a conversation, links between channels, what each side has proved

Revision: 0008, after 0007.

Until now each person had one identity: what there is belongs to that one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=40)
OPENER = "(SELECT MIN(identities.id) FROM identities WHERE identities.person_id = conversations.person_id)"
OF_CONVERSATION = "(SELECT c.identity_id FROM conversations c WHERE c.id = {table}.conversation_id)"
PROVED = {"proofs": ("kind", "number"), "proved_emails": ("email",)}


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("joined_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("notices_to", sa.String(length=20), nullable=True))
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("identity_id", ID, nullable=True))
        batch_op.add_column(sa.Column("continued_in", ID, nullable=True))
        batch_op.create_foreign_key("fk_conversations_identity", "identities", ["identity_id"], ["id"])
        batch_op.create_foreign_key("fk_conversations_continued", "conversations", ["continued_in"], ["id"])
        batch_op.create_index(batch_op.f("ix_conversations_continued_in"), ["continued_in"], unique=False)
    for table in ("messages", "turns"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("identity_id", ID, nullable=True))
            batch_op.create_foreign_key(f"fk_{table}_identity", "identities", ["identity_id"], ["id"])
    op.execute(f"UPDATE conversations SET identity_id = {OPENER}")
    for table, proved in PROVED.items():
        _bind_to_a_side(table, proved)

    op.create_table(
        "identity_emails",
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("proved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"]),
        sa.PrimaryKeyConstraint("identity_id", "email"),
    )
    op.create_index("ix_identity_emails_email", "identity_emails", ["email", "proved_at"], unique=False)
    op.execute(
        "INSERT INTO identity_emails (identity_id, email, proved_at)"
        " SELECT identity_id, email, MAX(proved_at) FROM proved_emails GROUP BY identity_id, email"
    )

    op.create_table(
        "join_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("used_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"]),
        sa.ForeignKeyConstraint(["used_by"], ["identities.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_join_links_identity", "join_links", ["identity_id", "created_at"], unique=False)
    op.create_index("ix_join_links_created", "join_links", ["created_at"], unique=False)

    op.create_table(
        "join_tries",
        sa.Column("id", ID, nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_join_tries_address", "join_tries", ["address_key", "at"], unique=False)
    op.create_index("ix_join_tries_at", "join_tries", ["at"], unique=False)

    op.create_table(
        "joinings",
        sa.Column("id", ID, nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("from_person_id", ID, nullable=True),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("by_identity_id", ID, nullable=False),
        sa.Column("closed_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"]),
        sa.ForeignKeyConstraint(["by_identity_id"], ["identities.id"]),
        sa.ForeignKeyConstraint(["closed_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_joinings_conversation_id"), "joinings", ["conversation_id"], unique=False)

    op.create_table(
        "bots",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )


def downgrade() -> None:
    for table in ("bots", "joinings", "join_tries", "join_links", "identity_emails"):
        op.drop_table(table)
    for table, proved in PROVED.items():
        op.execute(f"DELETE FROM {table}")  # what several sides have proved cannot be told apart any more
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(f"uq_{table}_side", type_="unique")
            batch_op.drop_column("identity_id")
            batch_op.create_unique_constraint(
                "_".join((table, "conversation_id", *proved, "key")), ["conversation_id", *proved]
            )
    for table in ("turns", "messages"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("identity_id")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversations_continued_in"))
        batch_op.drop_column("continued_in")
        batch_op.drop_column("identity_id")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("notices_to")
        batch_op.drop_column("joined_at")


def _bind_to_a_side(table: str, proved: tuple[str, ...]) -> None:
    """What was proved in a conversation is its opener's; the same may be proved on another side, too."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column("identity_id", ID, nullable=True))
    op.execute(f"UPDATE {table} SET identity_id = {OF_CONVERSATION.format(table=table)}")
    op.execute(f"DELETE FROM {table} WHERE identity_id IS NULL")
    names = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}  # as PostgreSQL calls what has no name
    with op.batch_alter_table(table, schema=None, naming_convention=names) as batch_op:
        batch_op.drop_constraint("_".join((table, "conversation_id", *proved, "key")), type_="unique")
        batch_op.alter_column("identity_id", existing_type=ID, nullable=False)
        batch_op.create_foreign_key(f"fk_{table}_identity", "identities", ["identity_id"], ["id"])
        batch_op.create_unique_constraint(f"uq_{table}_side", ["conversation_id", "identity_id", *proved])
