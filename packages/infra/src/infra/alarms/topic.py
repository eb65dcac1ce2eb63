"""Where alarms go."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from core.names import PROJECT
from infra.interfaces import as_principal, as_topic
from infra.stage import StageConfig


class AlarmTopic(Construct):
    """The topic that alarms of a stage are sent to, by e-mail where the stage has an address.

    It has no key of KMS: CloudWatch may not use that of AWS for SNS, whose policy nobody can change, and its alarms
    would get lost without an error. One of ours would cost a dollar a month to hide names and figures of metrics. SNS
    encrypts what it stores in any case.

    Attributes:
        topic: the topic.
    """

    def __init__(self, scope: Construct, id_: str, *, config: StageConfig) -> None:
        super().__init__(scope, id_)
        self.topic = sns.Topic(
            self, "Topic", topic_name=config.named("alarms"), display_name=f"{PROJECT} {config.name}", enforce_ssl=True
        )
        # A policy of our own takes the place of the one that SNS would give, and with it of what lets alarms in.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Alarms",
                principals=[as_principal(iam.ServicePrincipal("cloudwatch.amazonaws.com"))],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": self._alarms(config)},
                },
            )
        )
        if config.alarm_email is not None:
            # Whoever reads it confirms it, once; until then nothing is sent.
            sns.Subscription(
                self,
                "Email",
                topic=as_topic(self.topic),
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=config.alarm_email,
            )

    def _alarms(self, config: StageConfig) -> str:
        return Stack.of(self).format_arn(service="cloudwatch", resource=f"alarm:{config.named('*')}")
