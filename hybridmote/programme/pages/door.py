"""The pages of the programme, as the application knows them."""

from flask import Blueprint

pages = Blueprint("programme", __name__)
