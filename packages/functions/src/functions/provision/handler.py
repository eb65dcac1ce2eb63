"""The handler of the provision function: reads the event, runs the steps of `db.provisioning`, answers."""

import logging
from typing import TypedDict

from core import CoreError, Resource
from core.invocation import Context, invocation
from db.errors import DbError
from db.provisioning import Engines, deployment, migration, run_steps

from .errors import ProvisionError, ProvisionFailedError
from .event import Deploy, Migrate, Remove, read_event

PHYSICAL_ID = "provision"
"""By what CloudFormation knows the resource: always the same, since another one would have the first removed."""

_log = logging.getLogger(__name__)


class Answer(TypedDict):
    """An answer to the framework of `custom_resources.Provider`.

    Attributes:
        PhysicalResourceId: by what CloudFormation knows the resource.
        Data: what its attributes are.
    """

    PhysicalResourceId: str
    Data: dict[str, str]


@invocation
def handler(event: object, _context: Context) -> Answer | dict[str, str]:
    """Do what the event asks for: an answer to CloudFormation, or by hand what each step has done.

    Raises:
        ProvisionError: it failed; the message is the reason, which the framework hands to CloudFormation.
    """
    try:
        return _answer(event)
    except ProvisionError:
        raise
    except (CoreError, DbError) as error:
        raise ProvisionFailedError(str(error)) from error
    except Exception as error:
        # What it says is not known to hold no secret.
        _log.exception("provisioning failed")
        raise ProvisionFailedError(f"{type(error).__name__}, which is in the log of the function") from error


def _answer(event: object) -> Answer | dict[str, str]:
    match read_event(event):
        case Deploy(functions):
            engines = Engines(postgres=Resource.MyPostgres, redis=Resource.MyRedis, opensearch=Resource.MyOpenSearch)
            done = run_steps(deployment(engines, functions, say=_log.info), _log.info)
            return Answer(PhysicalResourceId=PHYSICAL_ID, Data={"Migrations": done["migrations"]})
        case Remove(physical_id):
            _log.info("the stack removes its provisioning: what is in the engines stays")
            return Answer(PhysicalResourceId=physical_id, Data={})
        case Migrate():
            return run_steps(migration(Resource.MyPostgres, say=_log.info), _log.info)
