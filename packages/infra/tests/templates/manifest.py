"""A manifest that was made up: every kind of access, which the application's own few functions don't show."""

from core import Resources
from core.manifest import BucketAccess, Function, OpenSearchAccess, PostgresAccess, RedisAccess, Route

READER = Function(
    name="reader",
    handler="functions.reader.handler.handler",
    description="Reads everything.",
    links=(
        PostgresAccess(Resources.MyPostgres),
        RedisAccess(Resources.MyRedis),
        OpenSearchAccess(Resources.MyOpenSearch, read=("moc_instructions", "gallery_images")),
        BucketAccess(Resources.MyBucket, get=("mocs/", "previews/")),
    ),
    routes=(Route("GET", "/mocs"), Route("GET", "/mocs/{id}"), Route("GET", "/mocs/{id}/files/{file}")),
    memory=256,
    timeout=29,
)
WRITER = Function(
    name="writer",
    handler="functions.writer.handler.handler",
    description="Writes what it may.",
    links=(
        PostgresAccess(Resources.MyPostgres),
        OpenSearchAccess(Resources.MyOpenSearch, write=("moc_instructions",)),
        BucketAccess(Resources.MyBucket, put=("uploads/",), delete=("uploads/", "trash/")),
    ),
    routes=(Route("POST", "/mocs"), Route("DELETE", "/mocs/{id}")),
    memory=1024,
    environment={"LOOKS": "twice"},
)
OWNER = Function(
    name="night-watch",
    handler="functions.night_watch.handler.handler",
    description="Looks after the schema.",
    links=(PostgresAccess(Resources.MyPostgres, role="owner"),),
    timeout=900,
)
ALONE = Function(name="alone", handler="functions.alone.handler.handler", description="Needs nothing.")

MADE_UP = (READER, WRITER, OWNER, ALONE)
