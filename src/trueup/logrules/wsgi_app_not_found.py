"""gunicorn finds no module or no application object under the name it was given.

What it means:
    `gunicorn module:attribute` names a module that cannot be imported from the working folder, or an attribute that the
    module does not have.

Why:
    A placeholder left in the settings (`your_application.wsgi`), a subfolder, or another name.

Example:
    Failed to find attribute 'app' in 'app'.

What to do:
    Name the module as it is imported from the folder where the command runs.

Sources:
    gunicorn/util.py import_app; Flask's cli.py; own recordings; read 2026-11-20.
"""

from trueup.logrules._modules import wsgi_module
from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="wsgi-app-not-found",
    title="The WSGI application is not found",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "Failed to find attribute '", r"Failed to find attribute '(?P<attribute>[^']+)' in '(?P<module>[^']+)'"
        ),
        pattern("Failed to find application", r"Failed to find application(?: object)?:? '(?P<module>[^']+)'"),
        pattern("Failed to parse '", r"Failed to parse '(?P<attribute>[^']+)' as an attribute name"),
        pattern("No module named", r"No module named '?(?P<module>[\w.-]+)'?", accept=wsgi_module),
        pattern("Error: No module named", r"ImportError: No module named (?P<module>[\w.-]+)", accept=wsgi_module),
        pattern("Could not import '", r"Error: Could not import '(?P<module>[^']+)'"),
        pattern("Could not locate a Flask application", lead=0),
        pattern(
            "Failed to find Flask application",
            r"Failed to find Flask application or factory in module '(?P<module>[^']+)'",
        ),
        pattern("WSGI application '", r"WSGI application '(?P<module>[^']+)' could not be loaded"),
        pattern("no python application found", lead=0),
        pattern("Application object must be callable", lead=0),
    ),
    explanation=(
        (
            "The start command names `{attribute}` in the module {module}, which has no such object. | The start"
            " command names the module {module}, which cannot be imported from the folder where it runs. | The start"
            " command names no application that can be imported."
        ),
    ),
    remedies=(
        (
            "Name the module and object of this project in the start command (`gunicorn app:app` for `app ="
            " Flask(...)` in app.py; for Django `gunicorn PROJECT.wsgi`)."
        ),
        "If the application lies in a subfolder: set the root directory to it, or add `--chdir`.",
    ),
    examples=(
        "Failed to find attribute 'app' in 'app'.",
        (
            '  File "/app/.venv/lib/python3.12/site-packages/gunicorn/util.py", line 371, in import_app\n    mod ='
            " importlib.import_module(module)\nModuleNotFoundError: No module named 'your_application'"
        ),
    ),
    counter_examples=("ModuleNotFoundError: No module named 'flask_cors'",),
    about_a_package=False,
)
