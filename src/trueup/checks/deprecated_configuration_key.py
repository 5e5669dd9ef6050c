"""A key with an old name

What it does:
    Reports keys that the platform still accepts under their old name.

Why it fails a deployment:
    Today nothing fails; the published schema already refuses the key, and editors and `validate` commands mark
    the file as wrong.

Example:
    `env: python` of a service in render.yaml.

Use instead:
    `runtime: python`.

Sources:
    Render's blueprint specification, cited in platforms/data.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "deprecated-configuration-key", "A key with an old name", reported_problems("deprecated-configuration-key")
)
