"""the invitation"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        # those that were there could be read by everybody
        batch_op.add_column(sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()))

    op.create_table(
        "meeting_text",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("meeting_text", schema=None) as batch_op:
        batch_op.create_index("meeting_text_field", ["meeting_id", "field", "language"], unique=True)

    op.create_table(
        "meeting_text_step",
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("back", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["text_id"], ["meeting_text.id"]),
        sa.PrimaryKeyConstraint("text_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("meeting_text_step")
    with op.batch_alter_table("meeting_text", schema=None) as batch_op:
        batch_op.drop_index("meeting_text_field")

    op.drop_table("meeting_text")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("published")
