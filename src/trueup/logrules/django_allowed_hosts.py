"""Django refuses the Host of the request.

What it means:
    The probe of the platform (or a visitor) comes with a Host that ALLOWED_HOSTS does not contain; Django answers 400.

Why:
    The platform's domain or the probe's host name (Railway: healthcheck.railway.app) is not in the list.

Example:
    Invalid HTTP_HOST header: 'healthcheck.railway.app'. You may need to add 'healthcheck.railway.app' to ALLOWED_HOSTS.

What to do:
    Add the host.

Sources:
    django/http/request.py; railwayapp/docs healthchecks; Render's health check documentation; own recording; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="django-allowed-hosts",
    title="Django refuses the Host of the request",
    group=Group.START,
    phase="health",
    patterns=(
        pattern("to ALLOWED_HOSTS", r"Invalid HTTP_HOST header: '(?P<host>[^']+)'"),
        pattern("to ALLOWED_HOSTS", r"You may need to add u?'(?P<host>[^']+)' to ALLOWED_HOSTS", lead=-1),
        pattern("DisallowedHost", lead=-2),
        pattern("You must set settings.ALLOWED_HOSTS if DEBUG is False"),
    ),
    explanation=(
        (
            "Requests come with the Host {host}, which ALLOWED_HOSTS does not contain; Django answers 400, and the"
            " probe fails. | ALLOWED_HOSTS does not contain the Host of the requests; Django answers 400."
        ),
    ),
    remedies=(
        (
            "Add {host} to ALLOWED_HOSTS (from an environment variable, so that each deployment has its own). | Add"
            " the platform's domain, and the host of its probe (Railway: healthcheck.railway.app), to ALLOWED_HOSTS."
        ),
    ),
    examples=(
        (
            "Invalid HTTP_HOST header: 'healthcheck.railway.app'. You may need to add 'healthcheck.railway.app' to"
            " ALLOWED_HOSTS."
        ),
    ),
    counter_examples=('"GET /health HTTP/1.1" 200 OK',),
    own_phase=True,
    survives_success=True,
    about_a_package=False,
)
