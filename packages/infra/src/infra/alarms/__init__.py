"""What wakes a person, where it goes, and the page to look at then."""

from .application import ApplicationAlarms
from .dashboard import Dashboard
from .data import DataAlarms
from .topic import AlarmTopic

__all__ = ["AlarmTopic", "ApplicationAlarms", "Dashboard", "DataAlarms"]
