"""Settings need a variable that is absent while building.

What it means:
    A build step (usually collectstatic or a script that imports the settings) reads an environment variable that the
    platform gives to the running service only.

Why:
    Docker builds and many platforms' build phases do not see the service's variables.

Example:
    KeyError: 'SECRET_KEY' while running `python manage.py collectstatic`

What to do:
    Give the build a harmless value, or make the setting tolerant while building.

Sources:
    Django's settings loading; heroku-buildpack-python bin/steps/collectstatic; Docker ARG and ENV; own recording;
    read 2026-11-20.
"""

from __future__ import annotations

from trueup.logrules._environment import absent_variable
from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="missing-env-at-build",
    title="A variable is absent while building",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern("KeyError: ", r"KeyError: '(?P<variable>[A-Z][A-Z0-9_]{1,60})'", accept=absent_variable(building=True)),
        pattern(
            "The SECRET_KEY setting must not be empty",
            r"The (?P<variable>SECRET_KEY) setting must not be empty",
            accept=absent_variable(building=True),
        ),
        pattern(
            "environment variable",
            r"[Ss]et the (?P<variable>[A-Z][A-Z0-9_]+) environment variable",
            accept=absent_variable(building=True),
        ),
        pattern(
            "not found. Declare it as envvar",
            r"(?<![A-Z0-9_])(?P<variable>[A-Z][A-Z0-9_]{1,60}) not found\. Declare it as envvar",
            accept=absent_variable(building=True),
        ),
        pattern(
            "validation error",
            r"\d+ validation errors? for (?P<settings>\w*(?:Settings|Config|Env)\w*)",
            accept=absent_variable(building=True),
        ),
        pattern(
            'Environment variable "',
            r"Environment variable \"(?P<variable>\w+)\" not set",
            accept=absent_variable(building=True),
        ),
        pattern(
            "nvironment variable",
            r"(?<![A-Z0-9_])(?P<variable>[A-Z][A-Z0-9_]{2,60})\b.{0,30}environment variable (?:is )?(?:not"
            r" set|missing|required|must"
            r" be set)",
            accept=absent_variable(building=True),
        ),
    ),
    explanation=(
        (
            "A build step reads the variable {variable}, which is not there while building. | A build step loads the"
            " settings, and variables that they require are not there while building: {variables}. | A build step"
            " loads the settings, and a variable that they require is not there while building."
        ),
    ),
    remedies=(
        (
            "Give the build step a harmless value ({variable}=x in front of the command, or a default in the settings"
            " for builds)."
        ),
        (
            "Or make the variable available to the build (a build argument, the platform's build-time variables), or"
            " move the step to the release or start phase."
        ),
    ),
    examples=(
        (
            "#12 [6/7] RUN python manage.py collectstatic --noinput\n    SECRET_KEY ="
            " os.environ[\"SECRET_KEY\"]\nKeyError: 'SECRET_KEY'"
        ),
        (
            "-----> $ python manage.py collectstatic --noinput\n       django.core.exceptions.ImproperlyConfigured:"
            " The SECRET_KEY setting must not be empty."
        ),
    ),
    counter_examples=(
        "[INFO] Booting worker with pid: 7\n    key = os.environ['STRIPE_API_KEY']\nKeyError: 'STRIPE_API_KEY'",
    ),
    about_a_package=False,
)
