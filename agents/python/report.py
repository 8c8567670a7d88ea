"""Runs each part, and prints one line of JSON for it: its name and its result, or the error."""

import json
import traceback


def report(parts):
    for part, run in parts.items():
        try:
            print(json.dumps({"part": part, "result": run()}), flush=True)
        except Exception:
            print(json.dumps({"part": part, "error": traceback.format_exc()[-2000:]}), flush=True)
