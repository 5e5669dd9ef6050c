"""A module is imported that no installed package provides.

What it means:
    The application, or a package with an optional part, imports a module that is not installed.

Why:
    The requirement was installed on the developer's machine by hand and never written down; or an extra is missing.

Example:
    ModuleNotFoundError: No module named 'dotenv'

What to do:
    Add the distribution that provides the module.

Sources:
    CPython's import error; FastAPI's and pydantic's messages on optional requirements; own recordings; read 2026-11-20.
"""

from trueup.logrules._modules import missing_module
from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="missing-dependency",
    title="A module that no requirement provides",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("No module named", r"No module named '?(?P<module>[\w.]+)'?", accept=missing_module),
        pattern("Form data requires", r"Form data requires \"(?P<package>python-multipart)\" to be installed", lead=1),
        pattern(
            "is not installed, run `pip install", r"(?P<package>email-validator) is not installed, run `pip install"
        ),
        pattern(
            "is not installed",
            r"(?:ImportError|RuntimeError|ImproperlyConfigured|AssertionError)\b.*?[`'\"]?(?P<package>[a-z][\w.-]+)[`'\"]?"
            r" (?:is not installed|must be installed)",
        ),
        pattern("Error loading psycopg2", r"Error loading (?P<package>psycopg2)(?: or psycopg)? module"),
        pattern("Error loading MySQLdb module", r"Error loading (?P<module>MySQLdb) module"),
        pattern(
            "requires the",
            r"(?:ImportError|RuntimeError).*requires the [`'\"]?(?P<package>[a-z][\w.-]+)[`'\"]?"
            r" (?:package|library|module)",
        ),
        pattern("class uri", r"class uri '?(?P<module>[\w.]+)'? invalid or not found", lead=-1),
        pattern('please install "', r"please install \"(?P<package>[a-z][\w.-]*(?:\[[\w,]+\])?)\""),
        pattern("requires gevent", r"worker requires (?P<package>gevent|eventlet|tornado)"),
        pattern(
            "install it with `pip install",
            r"(?:ImportError|ModuleNotFoundError).*`pip install (?P<package>[\w\[\].-]+)`",
        ),
        pattern(
            "pip install",
            r"(?:Error|error)\b.*(?:[Pp]lease|[Tt]ry|run|using) .{0,30}`?pip install"
            r" [\"']?(?<![\w.-])(?P<package>[A-Za-z][\w.-]{1,80}(?:\[[\w,]+\])?)",
            lead=-1,
        ),
    ),
    explanation=(
        (
            "The module {module} is imported, and nothing that is installed provides it. | {package} is needed and"
            " not installed."
        ),
    ),
    remedies=(
        (
            "{own} | Add {package} to the requirements (and to the lockfile), where the platform's install step reads"
            " them. | Add the distribution that provides {module} to the requirements; its name may differ from the"
            " module's."
        ),
    ),
    examples=(
        (
            '  File "/app/main.py", line 1, in <module>\n    from dotenv import load_dotenv\nModuleNotFoundError:'
            " No module named 'dotenv'"
        ),
        'RuntimeError: Form data requires "python-multipart" to be installed.',
    ),
    counter_examples=(
        "ModuleNotFoundError: No module named 'imghdr'",
        (
            '  File "/app/.venv/lib/python3.12/site-packages/gunicorn/util.py", line 371, in'
            " import_app\nModuleNotFoundError: No module named 'your_application'"
        ),
    ),
    effect_of=frozenset({"wsgi-app-not-found", "asgi-app-not-found", "stdlib-removed-at-start"}),
    about_a_package=False,
)
