"""The organiser's desk of registration: what places cost, who has one, lists and invoices; and the door, where people come.

Beside the rooms and not in one, since its pages are drawn with what several rooms know of a person.
"""
