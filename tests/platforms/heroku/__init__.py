"""Tests of the Heroku platform."""
