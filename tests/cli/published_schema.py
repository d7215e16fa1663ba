"""The published schema of the JSON format, and what checks a timeline against it."""

import json
from importlib.resources import files

import jsonschema

SCHEMA = json.loads(files("cli.render").joinpath("timeline.schema.json").read_text())

CHECKER = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
