"""What the users of Redis may do, in the language of Redis ACLs: infra and the local stage give it to theirs."""

from typing import Final

APP: Final = (
    "-@all +@read +@write +@transaction +@pubsub +@scripting +@connection -@admin -@dangerous"
    " +info +command +cluster|slots +cluster|shards +cluster|nodes"
)
"""The application: work with data, ask how the server is, follow a cluster."""

NOTHING: Final = "-@all"
"""Nobody: the user that Redis takes a connection for that has not signed in."""
