"""Create tables.

Revision 1935cd5dc35e, after none; generated on 2026-11-22.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "1935cd5dc35e"
down_revision: str | None = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.execute(
        "CREATE OR REPLACE FUNCTION public.touch_last_updated_at()\n"
        " RETURNS trigger\n"
        " LANGUAGE plpgsql\n"
        "AS $function$\n"
        "BEGIN\n"
        "  NEW.last_updated_at := now();\n"
        "  RETURN NEW;\n"
        "END\n"
        "$function$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION public.touch_updated_at()\n"
        " RETURNS trigger\n"
        " LANGUAGE plpgsql\n"
        "AS $function$\n"
        "BEGIN\n"
        "  NEW.updated_at := now();\n"
        "  RETURN NEW;\n"
        "END\n"
        "$function$"
    )
    op.create_table(
        "gallery_albums",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("cover_image_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_albums")),
    )
    op.create_table(
        "moc_instructions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("parts_count", sa.Integer(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("subtheme", sa.Text(), nullable=True),
        sa.Column("uploaded_date", sa.Date(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("set_number", sa.Text(), nullable=True),
        sa.Column("release_year", sa.Integer(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=True),
        sa.Column("tags", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("total_piece_count", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("type <> 'moc' OR author IS NOT NULL", name=op.f("ck_moc_instructions_moc_has_author")),
        sa.CheckConstraint("type <> 'set' OR brand IS NOT NULL", name=op.f("ck_moc_instructions_set_has_brand")),
        sa.CheckConstraint("type IN ('moc', 'set')", name=op.f("ck_moc_instructions_type")),
        sa.CheckConstraint("parts_count >= 0", name=op.f("ck_moc_instructions_parts_count")),
        sa.CheckConstraint("release_year >= 1950", name=op.f("ck_moc_instructions_release_year")),
        sa.CheckConstraint("total_piece_count >= 0", name=op.f("ck_moc_instructions_total_piece_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moc_instructions")),
        sa.UniqueConstraint("user_id", "title", name=op.f("uq_moc_instructions_user_id_title")),
    )
    op.create_table(
        "wishlist_items",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("product_link", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishlist_items")),
    )
    op.create_table(
        "gallery_images",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("album_id", sa.Uuid(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["album_id"], ["gallery_albums.id"], name=op.f("fk_gallery_images_album_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_images")),
    )
    op.create_table(
        "moc_files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("moc_id", sa.Uuid(), nullable=False),
        sa.Column("file_type", sa.Text(), nullable=False),
        sa.Column("file_url", sa.Text(), nullable=False),
        sa.Column("original_filename", sa.Text(), nullable=True),
        sa.Column("mime_type", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "file_type IN ('instruction', 'parts-list', 'thumbnail', 'gallery-image')",
            name=op.f("ck_moc_files_file_type"),
        ),
        sa.ForeignKeyConstraint(
            ["moc_id"], ["moc_instructions.id"], name=op.f("fk_moc_files_moc_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moc_files")),
        sa.UniqueConstraint("moc_id", "original_filename", name=op.f("uq_moc_files_moc_id_original_filename")),
    )
    op.create_table(
        "moc_gallery_albums",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("moc_id", sa.Uuid(), nullable=False),
        sa.Column("gallery_album_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_album_id"],
            ["gallery_albums.id"],
            name=op.f("fk_moc_gallery_albums_gallery_album_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moc_id"], ["moc_instructions.id"], name=op.f("fk_moc_gallery_albums_moc_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moc_gallery_albums")),
        sa.UniqueConstraint("moc_id", "gallery_album_id", name=op.f("uq_moc_gallery_albums_moc_id_gallery_album_id")),
    )
    op.create_table(
        "gallery_flags",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["gallery_images.id"], name=op.f("fk_gallery_flags_image_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_flags")),
        sa.UniqueConstraint("image_id", "user_id", name=op.f("uq_gallery_flags_image_id_user_id")),
    )
    op.create_table(
        "moc_gallery_images",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("moc_id", sa.Uuid(), nullable=False),
        sa.Column("gallery_image_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_image_id"],
            ["gallery_images.id"],
            name=op.f("fk_moc_gallery_images_gallery_image_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moc_id"], ["moc_instructions.id"], name=op.f("fk_moc_gallery_images_moc_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moc_gallery_images")),
        sa.UniqueConstraint("moc_id", "gallery_image_id", name=op.f("uq_moc_gallery_images_moc_id_gallery_image_id")),
    )
    op.create_table(
        "moc_parts_lists",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("moc_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("built", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("purchased", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("inventory_percentage", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("total_parts_count", sa.Integer(), nullable=True),
        sa.Column("acquired_parts_count", sa.Integer(), nullable=True),
        sa.Column("cost_estimate", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("actual_cost", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("actual_cost >= 0 AND actual_cost <> 'NaN'", name=op.f("ck_moc_parts_lists_actual_cost")),
        sa.CheckConstraint(
            "cost_estimate >= 0 AND cost_estimate <> 'NaN'", name=op.f("ck_moc_parts_lists_cost_estimate")
        ),
        sa.CheckConstraint("acquired_parts_count >= 0", name=op.f("ck_moc_parts_lists_acquired_parts_count")),
        sa.CheckConstraint(
            "inventory_percentage BETWEEN 0 AND 100", name=op.f("ck_moc_parts_lists_inventory_percentage")
        ),
        sa.CheckConstraint("total_parts_count >= 0", name=op.f("ck_moc_parts_lists_total_parts_count")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["moc_files.id"], name=op.f("fk_moc_parts_lists_file_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["moc_id"], ["moc_instructions.id"], name=op.f("fk_moc_parts_lists_moc_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moc_parts_lists")),
    )
    op.create_index(op.f("ix_gallery_albums_cover_image_id"), "gallery_albums", ["cover_image_id"], unique=False)
    op.create_index(
        op.f("ix_gallery_albums_user_id_created_at"), "gallery_albums", ["user_id", "created_at"], unique=False
    )
    op.create_index(
        op.f("ix_gallery_images_album_id_created_at"), "gallery_images", ["album_id", "created_at"], unique=False
    )
    op.create_index(
        op.f("ix_gallery_images_user_id_created_at"), "gallery_images", ["user_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_moc_files_moc_id_file_type"), "moc_files", ["moc_id", "file_type"], unique=False)
    op.create_index(
        op.f("ix_moc_gallery_albums_gallery_album_id"), "moc_gallery_albums", ["gallery_album_id"], unique=False
    )
    op.create_index(
        op.f("ix_moc_gallery_images_gallery_image_id"), "moc_gallery_images", ["gallery_image_id"], unique=False
    )
    op.create_index(
        "ix_moc_instructions_sets_brand_theme",
        "moc_instructions",
        ["brand", "theme"],
        unique=False,
        postgresql_where=sa.text("type = 'set'"),
    )
    op.create_index(
        "ix_moc_instructions_sets_release_year",
        "moc_instructions",
        ["release_year"],
        unique=False,
        postgresql_where=sa.text("type = 'set'"),
    )
    op.create_index(
        "ix_moc_instructions_sets_retired",
        "moc_instructions",
        ["retired"],
        unique=False,
        postgresql_where=sa.text("type = 'set'"),
    )
    op.create_index(op.f("ix_moc_instructions_title"), "moc_instructions", ["title"], unique=False)
    op.create_index(
        op.f("ix_moc_instructions_user_id_created_at"), "moc_instructions", ["user_id", "created_at"], unique=False
    )
    op.create_index(
        "uq_moc_instructions_sets",
        "moc_instructions",
        ["user_id", "brand", "set_number"],
        unique=True,
        postgresql_where=sa.text("type = 'set' AND brand IS NOT NULL AND set_number IS NOT NULL"),
    )
    op.create_index(op.f("ix_moc_parts_lists_file_id"), "moc_parts_lists", ["file_id"], unique=False)
    op.create_index(op.f("ix_moc_parts_lists_moc_id_built"), "moc_parts_lists", ["moc_id", "built"], unique=False)
    op.create_index(
        op.f("ix_moc_parts_lists_moc_id_purchased"), "moc_parts_lists", ["moc_id", "purchased"], unique=False
    )
    op.create_index(
        op.f("ix_wishlist_items_user_id_category_sort_order"),
        "wishlist_items",
        ["user_id", "category", "sort_order"],
        unique=False,
    )
    op.create_index(
        op.f("ix_wishlist_items_user_id_sort_order"), "wishlist_items", ["user_id", "sort_order"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_gallery_albums_cover_image_id"),
        "gallery_albums",
        "gallery_images",
        ["cover_image_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute(
        "CREATE TRIGGER touch_last_updated_at BEFORE UPDATE ON gallery_albums\n"
        "FOR EACH ROW EXECUTE FUNCTION touch_last_updated_at()"
    )
    op.execute(
        "CREATE TRIGGER touch_last_updated_at BEFORE UPDATE ON gallery_flags\n"
        "FOR EACH ROW EXECUTE FUNCTION touch_last_updated_at()"
    )
    op.execute(
        "CREATE TRIGGER touch_last_updated_at BEFORE UPDATE ON gallery_images\n"
        "FOR EACH ROW EXECUTE FUNCTION touch_last_updated_at()"
    )
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON moc_instructions\n"
        "FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
    )
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON moc_parts_lists\n"
        "FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
    )
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON wishlist_items\n"
        "FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_constraint(op.f("fk_gallery_albums_cover_image_id"), "gallery_albums", type_="foreignkey")
    op.drop_table("moc_parts_lists")
    op.drop_table("moc_gallery_images")
    op.drop_table("gallery_flags")
    op.drop_table("moc_gallery_albums")
    op.drop_table("moc_files")
    op.drop_table("gallery_images")
    op.drop_table("wishlist_items")
    op.drop_table("moc_instructions")
    op.drop_table("gallery_albums")
    op.execute("DROP FUNCTION touch_updated_at()")
    op.execute("DROP FUNCTION touch_last_updated_at()")
