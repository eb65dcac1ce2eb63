"""What type checkers know of links. Pyright checks this file: a suppression that hides nothing is an error."""

from typing import assert_type

from core import Anonymous, Bucket, Iam, Link, OpenSearch, PasswordFile, Postgres, Redis, Resource, Resources

assert_type(Resource.MyPostgres, Postgres)
assert_type(Resource.MyPostgres.host, str)
assert_type(Resource.MyPostgres.port, int)
assert_type(Resource.MyPostgres.database, str)
assert_type(Resource.MyPostgres.user, str)
assert_type(Resource.MyPostgres.auth, Iam | PasswordFile)
assert_type(Resource.MyPostgres.region, str)
assert_type(Resource.MyPostgres.ca_file, str | None)
assert_type(Resource.MyPostgres.tls, bool)

assert_type(Resource.MyRedis, Redis)
assert_type(Resource.MyRedis.host, str)
assert_type(Resource.MyRedis.port, int)
assert_type(Resource.MyRedis.user, str)
assert_type(Resource.MyRedis.auth, Iam | PasswordFile)
assert_type(Resource.MyRedis.region, str)
assert_type(Resource.MyRedis.cluster, bool)
assert_type(Resource.MyRedis.replication_group, str | None)
assert_type(Resource.MyRedis.ca_file, str | None)
assert_type(Resource.MyRedis.tls, bool)

assert_type(Resource.MyOpenSearch, OpenSearch)
assert_type(Resource.MyOpenSearch.host, str)
assert_type(Resource.MyOpenSearch.port, int)
assert_type(Resource.MyOpenSearch.auth, Iam | Anonymous)
assert_type(Resource.MyOpenSearch.region, str)
assert_type(Resource.MyOpenSearch.ca_file, str | None)
assert_type(Resource.MyOpenSearch.tls, bool)

assert_type(Resource.MyBucket, Bucket)
assert_type(Resource.MyBucket.name, str)
assert_type(Resource.MyBucket.region, str)
assert_type(Resource.MyBucket.endpoint, str | None)

assert_type(Resources.MyPostgres, Link[Postgres])

Resource.MyPostgers  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # an unknown link is an error
Resource.MyPostgres.hostname  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # an unknown field is an error
Resource.MyRedis.database  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # a field of another kind is an error
Resource.MyPostgres.host = "other"  # pyright: ignore[reportAttributeAccessIssue]  # links are frozen
Resources.MyPostgres.override(Resource.MyRedis)  # pyright: ignore[reportArgumentType]  # of its own kind only
