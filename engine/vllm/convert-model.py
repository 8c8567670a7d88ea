"""Writes the weights of a GGUF file as a folder that vLLM loads: `convert-model.py FILE.gguf FOLDER`.

vLLM itself reads no GGUF file on a CPU. Transformers dequantizes it; the weights are stored as bfloat16. An output head
that is tied to the embeddings is omitted, as in the original folders.
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"  # before the imports that read it: everything is in the file

import torch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("Usage: convert-model.py FILE.gguf FOLDER")
    folder, name = os.path.split(os.path.abspath(sys.argv[1]))
    output = sys.argv[2]
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    os.makedirs(output, exist_ok=True)
    left_out = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    weights = {
        key: value.to(torch.bfloat16).contiguous().clone()
        for key, value in model.state_dict().items()
        if key not in left_out
    }
    save_file(weights, os.path.join(output, "model.safetensors"), metadata={"format": "pt"})
    config = model.config.to_dict()
    config.pop("quantization_config", None)
    config |= {"architectures": [type(model).__name__], "dtype": "bfloat16"}
    with open(os.path.join(output, "config.json"), "w") as file:
        json.dump(config, file, indent=2, default=str)
    tokenizer.save_pretrained(output)


main()
