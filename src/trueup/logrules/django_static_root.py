"""collectstatic runs without STATIC_ROOT.

What it means:
    Django collects static files into the folder STATIC_ROOT, which the settings do not name.

Why:
    The platform (or the Dockerfile) runs collectstatic while building.

Example:
    You're using the staticfiles app without having set the STATIC_ROOT setting to a filesystem path.

What to do:
    Set STATIC_ROOT, or switch the step off.

Sources:
    django/contrib/staticfiles/storage.py; heroku-buildpack-python bin/steps/collectstatic; own recording; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="django-static-root",
    title="collectstatic without STATIC_ROOT",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern(
            "STATIC_ROOT setting to a filesystem path",
            r"without having set the STATIC_ROOT setting to a filesystem path",
        ),
        pattern(
            "STATIC_ROOT",
            r"having set the STATIC_ROOT setting|STATIC_ROOT (?:setting )?(?:is|was) not set|STATICFILES_DIRS setting"
            r" should not contain the STATIC_ROOT",
        ),
        pattern(
            "the static files",
            r"Error while running '\$ python manage\.py collectstatic",
            confidence=Confidence.LOW,
            lead=-2,
        ),
    ),
    explanation=("The build runs collectstatic, and the settings name no STATIC_ROOT to collect into.",),
    remedies=(
        'Set `STATIC_ROOT = BASE_DIR / "staticfiles"` in the settings (and serve it, for example with WhiteNoise).',
        (
            "If the project has no static files: switch the step off (on Heroku DISABLE_COLLECTSTATIC=1; else remove"
            " the command)."
        ),
    ),
    examples=(
        (
            "django.core.exceptions.ImproperlyConfigured: You're using the staticfiles app without having set the"
            " STATIC_ROOT setting to a filesystem path."
        ),
    ),
    counter_examples=("127 static files copied to '/app/staticfiles'.",),
    own_phase=True,
    about_a_package=False,
)
