"""Loads what every run of the tests has, before any of them is collected."""

pytest_plugins = ["tests._summary"]
