"""questions"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asking", sa.Text(), nullable=False, server_default="screened"))

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("window_minutes", sa.Integer(), nullable=False, server_default="5"))
        batch_op.add_column(sa.Column("slow_seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("words", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("muted", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("aloud", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("by_name", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("original", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("claimed_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("queue", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("was", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("resembles", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("reply", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("staged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("author_id", existing_type=sa.TEXT(), nullable=True)

    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("into_id", sa.Text(), nullable=True))

    with op.batch_alter_table("upvote", schema=None) as batch_op:
        batch_op.add_column(sa.Column("via", sa.Text(), nullable=True))

    op.create_table(
        "help_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("transport", sa.Text(), nullable=True),
        sa.Column("rtt_ms", sa.Integer(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["participant.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("help_call", schema=None) as batch_op:
        batch_op.create_index("ix_help_call_author_id", ["author_id"])
        batch_op.create_index("ix_help_call_meeting_id", ["meeting_id"])


def downgrade() -> None:
    op.drop_table("help_call")
    # what nobody known has asked has no place in the older tables
    for table in ("upvote", "receipt"):
        op.execute(f"DELETE FROM {table} WHERE question_id IN (SELECT id FROM question WHERE author_id IS NULL)")
    op.execute("DELETE FROM question WHERE author_id IS NULL")
    with op.batch_alter_table("upvote", schema=None) as batch_op:
        batch_op.drop_column("via")

    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_column("into_id")

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.alter_column("author_id", existing_type=sa.TEXT(), nullable=False)
        batch_op.drop_column("ended_at")
        batch_op.drop_column("staged_at")
        batch_op.drop_column("replied_at")
        batch_op.drop_column("reply")
        batch_op.drop_column("resembles")
        batch_op.drop_column("was")
        batch_op.drop_column("merged_into")
        batch_op.drop_column("queue")
        batch_op.drop_column("claimed_until")
        batch_op.drop_column("claimed_by")
        batch_op.drop_column("original")
        batch_op.drop_column("by_name")
        batch_op.drop_column("aloud")

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("muted_until")
        batch_op.drop_column("muted")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("words")
        batch_op.drop_column("slow_seconds")
        batch_op.drop_column("window_minutes")

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_column("asking")
