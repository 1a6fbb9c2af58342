"""The pages of registration, as the application knows them."""

from flask import Blueprint

pages = Blueprint("registration", __name__)
