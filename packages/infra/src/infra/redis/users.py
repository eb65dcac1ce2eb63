"""Who may sign in to Redis: the application by IAM, nobody by default."""

from aws_cdk import aws_elasticache as elasticache
from constructs import Construct

from core import acl
from infra.stage import StageConfig

from .names import app_user


class Users(Construct):
    """The users, and the group of them that a replication group takes.

    Attributes:
        app: the application's user.
        group: the group.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig) -> None:
        super().__init__(scope, id_)
        name = app_user(config)
        self.app = elasticache.CfnUser(
            self,
            "App",
            engine="redis",
            user_id=name,
            user_name=name,
            authentication_mode={"Type": "iam"},
            access_string=f"on ~* &* {acl.APP}",
        )
        # A group must have a user of this name. ElastiCache's own may do everything, without a password.
        default = elasticache.CfnUser(
            self,
            "Default",
            engine="redis",
            user_id=config.named("default"),
            user_name="default",
            authentication_mode={"Type": "no-password-required"},
            access_string=f"off ~* {acl.NOTHING}",
        )
        self.group = elasticache.CfnUserGroup(
            self,
            "Group",
            engine="redis",
            user_group_id=config.named("users"),
            user_ids=[default.ref, self.app.ref],
        )
