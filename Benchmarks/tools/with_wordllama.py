"""The same vectors with the original: with_wordllama.py FOLDER FILE. Prints one JSON object.

FOLDER holds its table and tokenizer, FILE a text a line.
"""

import json
import pathlib
import sys
import time

from safetensors import safe_open
from tokenizers import Tokenizer
from wordllama.inference import WordLlamaInference

folder, file = map(pathlib.Path, sys.argv[1:])
texts = file.read_text().splitlines()
began = time.perf_counter()
tokenizer = Tokenizer.from_file(str(folder / "l2_supercat_tokenizer_config.json"))
with safe_open(folder / "l2_supercat_256.safetensors", framework="np") as table:
    model = WordLlamaInference(table.get_tensor("embedding.weight"), tokenizer)
load = time.perf_counter() - began
model.embed(texts[:2000])
began = time.perf_counter()
vectors = model.embed(texts)
took = time.perf_counter() - began
total = float(vectors[:, 0].astype("f8").sum() + vectors[:, 255].astype("f8").sum())
print(json.dumps({"texts": len(texts), "seconds": took, "load": load, "sum": total}))
