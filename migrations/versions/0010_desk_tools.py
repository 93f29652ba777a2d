"""what the desk searches in, what agents call wrong, where a note comes from, who has a numbered request

Revision: 0010, after 0009.
"""

import json

import sqlalchemy as sa
from alembic import op

from base.plain import plain

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(length=40)
MOMENT = sa.DateTime(timezone=True)
TOGETHER = 2_000
SEARCHED = ("messages", "notes")


def upgrade() -> None:
    for table in SEARCHED:
        op.add_column(table, sa.Column("plain", sa.Text(), nullable=True))
    op.add_column("notes", sa.Column("source", sa.String(length=10), nullable=True))
    # No copy of the table: both databases add such a column in place.
    op.execute("ALTER TABLE staff_requests ADD COLUMN taken_by VARCHAR(40) REFERENCES agents (id)")
    op.create_table(
        "wrong_answers",
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("understood", sa.String(length=80), nullable=True),
        sa.Column("meant", sa.String(length=80), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("turn_id"),
    )
    op.create_index("ix_wrong_answers_conversation", "wrong_answers", ["conversation_id"], unique=False)
    op.create_index("ix_wrong_answers_at", "wrong_answers", ["at"], unique=False)
    op.create_index("ix_handoffs_asked", "handoffs", ["asked_at"], unique=False)
    _fill("messages", "body")
    _fill("notes", "text")


def downgrade() -> None:
    op.drop_index("ix_handoffs_asked", table_name="handoffs")
    op.drop_table("wrong_answers")
    with op.batch_alter_table("staff_requests", schema=None) as batch_op:
        batch_op.drop_column("taken_by")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_column("source")
    for table in SEARCHED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("plain")


def _fill(table: str, column: str) -> None:
    """Write what is searched in for the rows that are there, some at a time."""
    connection = op.get_bind()
    some = sa.text(f"SELECT id, {column} FROM {table} WHERE plain IS NULL LIMIT {TOGETHER}")
    one = sa.text(f"UPDATE {table} SET plain = :plain WHERE id = :id")
    while rows := connection.execute(some).all():
        words = _words if column == "body" else str
        connection.execute(one, [{"id": id_, "plain": plain(words(value))} for id_, value in rows])


def _words(value: object) -> str:
    """The words of a body, which one database gives as JSON and the other as what it means."""
    body = json.loads(value) if isinstance(value, str) else value
    return str(body["text"])
