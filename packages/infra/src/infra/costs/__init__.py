"""What a stage costs a month, from its templates and a table of list prices."""

from .bill import Item, monthly, total
from .free import FREE
from .prices import PRICES_AS_OF, PRICES_NOTE, PRICES_REGION
from .traffic import LITTLE, Traffic

__all__ = ["FREE", "LITTLE", "PRICES_AS_OF", "PRICES_NOTE", "PRICES_REGION", "Item", "Traffic", "monthly", "total"]
