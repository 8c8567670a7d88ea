"""Writes the JSON Schemas of the OCSF classes that audit events become, as `domain/audit/ocsf/test/ocsf-schema.json`.

    pip install ocsf-json-schema==1.2.0
    python conformance/documents/ocsf_schema.py domain/audit/ocsf/test/ocsf-schema.json

The package has OCSF's own export of version 1.8.0 (Apache-2.0). Titles and texts are dropped; so are the attributes with objects
that no event has: every object is closed, so an event with one of them is refused.
"""
import json
import sys

from ocsf_json_schema import get_ocsf_schema
from ocsf_json_schema.schema import OcsfJsonSchema

VERSION = "1.8.0"
CLASSES = ["account_change", "api_activity", "authentication", "entity_management", "group_management", "user_access"]
OBJECTS = [
    "actor", "api", "fingerprint", "group", "managed_entity", "metadata", "network_endpoint", "object", "organization",
    "product", "request", "response", "service", "user",
]
PREFIX = f"https://schema.ocsf.io/schema/{VERSION}/objects/"


def compact(schema: dict) -> dict:
    properties = {}
    for name, value in schema["properties"].items():
        value = {key: item for key, item in value.items() if key not in ("title", "deprecated")}
        target = value.get("items", value)
        if "$ref" in target:
            object_name = target["$ref"].removeprefix(PREFIX)
            if object_name not in OBJECTS:
                continue
            target["$ref"] = f"#/$defs/{object_name}"
        properties[name] = value
    kept = {key: schema[key] for key in ("type", "required", "anyOf", "oneOf", "additionalProperties") if key in schema}
    return {**kept, "properties": dict(sorted(properties.items()))}


source = OcsfJsonSchema(get_ocsf_schema(version=VERSION))
document = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"https://schema.ocsf.io/{VERSION}",
    "oneOf": [{"$ref": f"#/$defs/{name}"} for name in CLASSES],
    "$defs": {
        **{name: compact(source.get_class_schema(name)) for name in CLASSES},
        **{name: compact(source.get_object_schema(name)) for name in OBJECTS},
    },
}
with open(sys.argv[1], "w", encoding="utf8") as file:
    json.dump(document, file, indent=2)
    file.write("\n")
