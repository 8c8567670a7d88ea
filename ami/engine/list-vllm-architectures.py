"""Lists the model architectures that a vLLM wheel supports, by what they do. The wheel is read and never imported.

    python3 ami/engine/list-vllm-architectures.py vllm-0.31.0-*.whl > contracts/engine/vllm-architectures.json

An architecture is a name in `architectures` of a model's config.json. Needs Python 3.10 or later, and no packages.
"""

import ast
import json
import re
import sys
import zipfile

REGISTRY = "vllm/model_executor/models/registry.py"
TABLES = {
    "_TEXT_GENERATION_MODELS": "generate",
    "_TRANSFORMERS_SUPPORTED_MODELS": "generate",  # by the code of the library transformers
    "_MULTIMODAL_MODELS": "multimodal",
    "_EMBEDDING_MODELS": "embed",
    "_SEQUENCE_CLASSIFICATION_MODELS": "classify",
}


def main(path: str) -> None:
    archive = zipfile.ZipFile(path)
    metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    version = re.search(r"^Version: (\S+)", archive.read(metadata).decode(), re.MULTILINE).group(1)
    lists: dict[str, set[str]] = {}
    for node in ast.parse(archive.read(REGISTRY).decode()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id in TABLES and isinstance(node.value, ast.Dict):
            names = {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
            lists[TABLES[target.id]] = lists.get(TABLES[target.id], set()) | names
    missing = set(TABLES.values()) - set(lists)
    if missing:
        raise SystemExit(f"{REGISTRY} has no table of {', '.join(sorted(missing))}: vLLM has changed it.")
    print(json.dumps({"version": version, **{task: sorted(names) for task, names in lists.items()}}, indent=2))


main(sys.argv[1])
