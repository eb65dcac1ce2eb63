"""The migrations make what the models say."""

from collections.abc import Callable

import pytest

from core import Postgres
from db.comparing import Catalog, differences
from db.migrating import upgrade
from db.models import Base

pytestmark = pytest.mark.engines


def told(models: Catalog, migrated: Catalog) -> list[str]:
    """Return where the models and the migrations differ, in a line for each."""
    return [difference.line("the models", "the migrations") for difference in differences(models, migrated)]


def test_the_migrations_make_what_the_models_say(
    scratch: Callable[[], Postgres], schema_of: Callable[..., Catalog]
) -> None:
    """Nobody changes a model without the revision that brings it to the stages."""
    migrated = scratch()
    upgrade(migrated)
    lines = told(schema_of(scratch(), Base.metadata), schema_of(migrated))
    assert not lines, "\n".join(["`nox -s generate -- MESSAGE` writes the revision that is missing:", *lines])


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (
            ["ALTER TABLE moc_files ADD COLUMN extra text"],
            ["column extra of moc_files is in the migrations only: text"],
        ),
        (
            ["ALTER TABLE moc_files DROP COLUMN mime_type"],
            ["column mime_type of moc_files is in the models only: text"],
        ),
        (
            ["ALTER TABLE moc_files ALTER COLUMN mime_type TYPE varchar(9)"],
            [
                "column mime_type of moc_files differs: the models say text, the migrations character varying(9)",
            ],
        ),
        (
            ["ALTER TABLE moc_files ALTER COLUMN mime_type SET NOT NULL"],
            ["column mime_type of moc_files differs: the models say text, the migrations text NOT NULL"],
        ),
        (
            ["ALTER TABLE gallery_images ALTER COLUMN flagged DROP DEFAULT"],
            ["default flagged of gallery_images is in the models only: false"],
        ),
        (
            ["ALTER TABLE gallery_images ALTER COLUMN flagged SET DEFAULT true"],
            ["default flagged of gallery_images differs: the models say false, the migrations true"],
        ),
        (
            [
                "ALTER TABLE moc_instructions DROP CONSTRAINT ck_moc_instructions_release_year",
                "ALTER TABLE moc_instructions ADD CONSTRAINT ck_moc_instructions_release_year CHECK (release_year > 9)",
            ],
            [
                (
                    "constraint ck_moc_instructions_release_year of moc_instructions differs:"
                    " the models say CHECK (release_year >= 1950), the migrations CHECK (release_year > 9)"
                ),
            ],
        ),
        (
            [
                "ALTER TABLE moc_parts_lists DROP CONSTRAINT fk_moc_parts_lists_file_id",
                (
                    "ALTER TABLE moc_parts_lists ADD CONSTRAINT fk_moc_parts_lists_file_id"
                    " FOREIGN KEY (file_id) REFERENCES moc_files (id) ON DELETE CASCADE"
                ),
            ],
            [
                (
                    "constraint fk_moc_parts_lists_file_id of moc_parts_lists differs:"
                    " the models say FOREIGN KEY (file_id) REFERENCES moc_files(id) ON DELETE SET NULL,"
                    " the migrations FOREIGN KEY (file_id) REFERENCES moc_files(id) ON DELETE CASCADE"
                ),
            ],
        ),
        (
            ["ALTER TABLE moc_files DROP CONSTRAINT uq_moc_files_moc_id_original_filename"],
            [
                (
                    "constraint uq_moc_files_moc_id_original_filename of moc_files is in the models only:"
                    " UNIQUE (moc_id, original_filename)"
                ),
            ],
        ),
        (
            [
                "DROP INDEX ix_moc_instructions_sets_retired",
                "CREATE INDEX ix_moc_instructions_sets_retired ON moc_instructions (retired)",
            ],
            [
                (
                    "index ix_moc_instructions_sets_retired of moc_instructions differs: the models say"
                    " CREATE INDEX ix_moc_instructions_sets_retired ON public.moc_instructions"
                    " USING btree (retired) WHERE (type = 'set'::text), the migrations"
                    " CREATE INDEX ix_moc_instructions_sets_retired ON public.moc_instructions USING btree (retired)"
                ),
            ],
        ),
        (
            ["DROP TRIGGER touch_updated_at ON wishlist_items"],
            [
                (
                    "trigger touch_updated_at of wishlist_items is in the models only: CREATE TRIGGER touch_updated_at"
                    " BEFORE UPDATE ON wishlist_items FOR EACH ROW"
                    " EXECUTE FUNCTION touch_updated_at()"
                ),
            ],
        ),
        (
            ["ALTER TABLE wishlist_items DISABLE TRIGGER touch_updated_at"],
            [
                (
                    "trigger touch_updated_at of wishlist_items differs: the models say CREATE TRIGGER touch_updated_at"
                    " BEFORE UPDATE ON wishlist_items FOR EACH ROW"
                    " EXECUTE FUNCTION touch_updated_at(), the migrations CREATE TRIGGER touch_updated_at"
                    " BEFORE UPDATE ON wishlist_items FOR EACH ROW"
                    " EXECUTE FUNCTION touch_updated_at() (D)"
                ),
            ],
        ),
        (["DROP TABLE wishlist_items"], ["table wishlist_items is in the models only"]),
        (["CREATE TABLE extra (name text UNIQUE)"], ["table extra is in the migrations only"]),
        (["CREATE SEQUENCE extra"], ["sequence extra is in the migrations only: bigint 1 1 1 9223372036854775807 1 f"]),
        (["CREATE TYPE extra AS ENUM ('a', 'b')"], ["type extra is in the migrations only: ENUM ('a', 'b')"]),
        (["CREATE VIEW extra AS SELECT 1 AS one"], ["view extra is in the migrations only: SELECT 1 AS one;"]),
        (["COMMENT ON COLUMN moc_files.id IS 'x'"], ["comment moc_files.id is in the migrations only: x"]),
    ],
    ids=lambda value: value[-1].replace(" ", "-")[:60],
)
def test_each_kind_of_difference_is_found(
    statements: list[str],
    found: list[str],
    scratch: Callable[[], Postgres],
    schema_of: Callable[..., Catalog],
    run: Callable[..., None],
) -> None:
    """The check fails, and its line names what differs and how, for whatever there can be in a schema."""
    migrated = scratch()
    models = schema_of(migrated, Base.metadata)
    assert told(models, schema_of(migrated)) == []
    run(migrated, *statements)
    assert told(models, schema_of(migrated)) == found


def test_the_order_of_columns_is_no_difference(
    scratch: Callable[[], Postgres], schema_of: Callable[..., Catalog], run: Callable[..., None]
) -> None:
    """A column that is dropped and added again is the last of its table, and the same."""
    link = scratch()
    models = schema_of(link, Base.metadata)
    run(link, "ALTER TABLE moc_files DROP COLUMN mime_type", "ALTER TABLE moc_files ADD COLUMN mime_type text")
    assert told(models, schema_of(link)) == []
