"""The settings need an environment variable that is not set.

What it means:
    A settings class refuses to start without a value, or `os.environ[...]` raises KeyError.

Why:
    The variable was set on the developer's machine (or in a .env file that is not deployed) and not on the platform.

Example:
    KeyError: 'STRIPE_API_KEY'

What to do:
    Set the variable in the service's settings.

Sources:
    CPython's os.environ; pydantic-settings; python-decouple; django-environ; starlette.config; own recordings; read
    2026-11-20.
"""

from trueup.logrules._environment import absent_variable
from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="missing-env-settings",
    title="A required environment variable is not set",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "KeyError: ",
            r"KeyError: '(?P<variable>[A-Za-z][A-Za-z0-9_]{1,60})'",
            accept=absent_variable(building=False),
        ),
        pattern(
            "validation error",
            r"\d+ validation errors? for (?P<settings>\w*(?:Settings|Config|Env|Secrets)\w*)",
            accept=absent_variable(building=False),
        ),
        pattern(
            "not found. Declare it as envvar",
            r"(?<![A-Z0-9_])(?P<variable>[A-Z][A-Z0-9_]{1,60}) not found\. Declare it as envvar",
            accept=absent_variable(building=False),
        ),
        pattern(
            "environment variable",
            r"[Ss]et the (?P<variable>[A-Z][A-Z0-9_]+) environment variable",
            accept=absent_variable(building=False),
        ),
        pattern(
            "The SECRET_KEY setting must not be empty",
            r"The (?P<variable>SECRET_KEY) setting must not be empty",
            accept=absent_variable(building=False),
        ),
        pattern(
            "Config '",
            r"KeyError: \"Config '(?P<variable>\w+)' is missing, and has no default\"",
            accept=absent_variable(building=False),
        ),
        pattern(
            'Environment variable "',
            r"Environment variable \"(?P<variable>\w+)\" (?:not set|is not set)",
            accept=absent_variable(building=False),
        ),
        pattern(
            "nvironment variable",
            r"(?<![A-Z0-9_])(?P<variable>[A-Z][A-Z0-9_]{2,60})\b['\"`]?.{0,20}[Ee]nvironment variables? (?:is |are"
            r" )?(?:not"
            r" (?:set|found|defined)|missing|required|must be set)",
            accept=absent_variable(building=False),
        ),
        pattern(
            "nvironment variable",
            r"(?:[Mm]issing|[Rr]equired|[Uu]nset|No) (?:required )?[Ee]nvironment variables?:?"
            r" ['\"`\[]*(?P<variable>[A-Z][A-Z0-9_]{2,})",
            accept=absent_variable(building=False),
        ),
        pattern(
            "is not set",
            r"(?:Error|Exception|RuntimeError|ValueError|AssertionError|ImproperlyConfigured)"
            r"\b.*?\b(?P<variable>[A-Z][A-Z0-9]*_[A-Z0-9_]+)['\"`]?"
            r" (?:is|was) (?:not set|required|missing|empty|not defined|None)",
            accept=absent_variable(building=False),
        ),
        pattern(
            "must be set",
            r"(?:Error|Exception|RuntimeError|ValueError|AssertionError|ImproperlyConfigured)"
            r"\b.*?\b(?P<variable>[A-Z][A-Z0-9]*_[A-Z0-9_]+)['\"`]?.{0,40}must"
            r" be (?:set|provided|specified)",
            accept=absent_variable(building=False),
        ),
        pattern(
            "option must be set either by passing",
            r"The api_key client option must be set .*the (?P<variable>[A-Z_]+) environment variable",
            accept=absent_variable(building=False),
            lead=1,
        ),
        pattern(
            "TokenValidationError", r"TokenValidationError: Token is invalid", confidence=Confidence.MEDIUM, lead=-1
        ),
        pattern(
            "You must pass the token",
            r"(?:You must pass the token|The token you provided is not valid|token must be a string|Token is"
            r" invalid)",
            confidence=Confidence.LOW,
            lead=-2,
        ),
        pattern(
            "'NoneType'",
            r"(?:expected str(?:ing)?(?:, bytes or os\.PathLike object)?, (?:not|got) '?NoneType|int\(\) argument"
            r" must be a string.*not 'NoneType'|Expected string or URL object, got None|'NoneType' object has no"
            r" attribute '(?:replace|split|startswith|encode)')",
            needs=r"environ|getenv|DATABASE_URL|TOKEN|config",
            reach=12,
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
        pattern("got None", r"Expected string or URL object, got None", confidence=Confidence.MEDIUM, lead=-1),
    ),
    explanation=(
        (
            "The application reads the variable {variable} when it starts, and it is not set. | The settings require"
            " variables that are not set: {variables}. | The settings require a variable that is not set."
        ),
    ),
    remedies=(
        (
            "Set {variable} in the service's variables on the platform (a .env file that is not committed is not"
            " deployed). | Set {variables} in the service's variables on the platform (a .env file that is not"
            " committed is not deployed). | Set the missing variable in the service's variables on the platform."
        ),
    ),
    examples=(
        (
            "  File \"/app/app.py\", line 4, in <module>\n    key = os.environ['STRIPE_API_KEY']\nKeyError:"
            " 'STRIPE_API_KEY'"
        ),
        (
            "pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings\ndatabase_url\n  Field"
            " required [type=missing, input_value={}, input_type=dict]\nsecret_key\n  Field required [type=missing,"
            " input_value={}, input_type=dict]"
        ),
        "decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value.",
    ),
    counter_examples=(
        "    price = prices['apple']\nKeyError: 'apple'",
        (
            "#12 [6/7] RUN python manage.py collectstatic --noinput\n    SECRET_KEY ="
            " os.environ[\"SECRET_KEY\"]\nKeyError: 'SECRET_KEY'"
        ),
    ),
    about_a_package=False,
)
