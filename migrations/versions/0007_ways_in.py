"""ways in"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("walk_in", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("grant_", schema=None) as batch_op:
        batch_op.add_column(sa.Column("how", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("device", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.add_column(sa.Column("walk_ins_answered", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("walk_ins", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("places_only", sa.Boolean(), nullable=False, server_default=sa.false()))

    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=True),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
    )
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_code_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_code_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "phone_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("phone_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_key_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "walk_in",
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.PrimaryKeyConstraint("participant_id"),
    )
    with op.batch_alter_table("walk_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_walk_in_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "connection_check",
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("rtt", sa.Integer(), nullable=True),
        sa.Column("down", sa.Integer(), nullable=True),
        sa.Column("up", sa.Integer(), nullable=True),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("camera", sa.Text(), nullable=False),
        sa.Column("microphone", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.PrimaryKeyConstraint("participant_id"),
    )
    with op.batch_alter_table("connection_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connection_check_meeting_id"), ["meeting_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("connection_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_connection_check_meeting_id"))

    op.drop_table("connection_check")
    with op.batch_alter_table("walk_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_walk_in_meeting_id"))

    op.drop_table("walk_in")
    with op.batch_alter_table("phone_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_key_meeting_id"))

    op.drop_table("phone_key")
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_code_participant_id"))
        batch_op.drop_index(batch_op.f("ix_one_time_code_meeting_id"))

    op.drop_table("one_time_code")
    # walk-ins' roles are not known before this
    op.execute("UPDATE participant SET roles = 'participant' WHERE roles IN ('asker', 'listener')")
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.drop_column("places_only")
        batch_op.drop_column("walk_ins")
        batch_op.drop_column("walk_ins_answered")

    with op.batch_alter_table("grant_", schema=None) as batch_op:
        batch_op.drop_column("device")
        batch_op.drop_column("how")

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("walk_in")
