"""Topics that fit any chat between people who wait together. No film in here."""

from mockserver.simulation.talk.acquaintance import ACQUAINTANCE
from mockserver.simulation.talk.choices import CHOICES
from mockserver.simulation.talk.occasion import OCCASION
from mockserver.simulation.talk.tastes import TASTES
from mockserver.simulation.talk.views import VIEWS

__all__ = ["SMALL_TALK"]

SMALL_TALK = (*ACQUAINTANCE, *TASTES, *OCCASION, *VIEWS, *CHOICES)
