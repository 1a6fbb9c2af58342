"""What is done about places: what they cost, getting one, having one, handing it over, and coming to the door."""

from . import door, fees, having, lists, registering, staff, taking_over, time

__all__ = ["door", "fees", "having", "lists", "registering", "staff", "taking_over", "time"]
