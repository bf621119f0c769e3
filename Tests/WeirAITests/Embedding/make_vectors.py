"""Makes vectors.json, what the original says of texts that are hard to cut into pieces.

    python3 -m venv v && v/bin/pip install wordllama==0.4.0.post1
    v/bin/python Tests/WeirAITests/Embedding/make_vectors.py WHEEL >Tests/WeirAITests/Embedding/vectors.json

WHEEL is the unpacked wheel: the package itself looks for its tokenizer in a place where it is not.
"""

import base64
import json
import pathlib
import random
import sys

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer
from wordllama.inference import WordLlamaInference

SENTENCES = [
    "The refund was late, and nobody answered my e-mails.", "Where is my parcel?", "Delivered in 3 days — great!",
    "Die Rückerstattung kam viel zu spät.", "Straßenbahnhaltestellenverzeichnis", "Größe: XL, Farbe: grün",
    "Le remboursement est arrivé en retard.", "Où est l'œuvre ? Ça m'a coûté 12,50 €.", "C’est déjà l’été…",
    "El reembolso llegó tarde. ¿Dónde está mi pedido?", "¡Qué rápido! Mañana será año nuevo.", "corazón, pingüino",
    "Il rimborso è arrivato in ritardo.", "Perché no? Più tardi, così sia.", "O reembolso não chegou; ação já!",
    "Zwrot pieniędzy przyszedł za późno.", "Zażółć gęślą jaźń", "Возврат денег пришёл слишком поздно.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю", "Де моя посилка? Її немає.",
    "返金が遅れました。", "荷物はどこですか？カタカナもある。", "退款来得太晚了。", "我的包裹在哪里？請問", "환불이 너무 늦었습니다.",
    "내 소포는 어디에 있나요?", "وصل المبلغ المسترد متأخرا.", "أين طردي؟", "ההחזר הגיע מאוחר.", "धनवापसी बहुत देर से आई।",
    "मेरा पार्सल कहाँ है?", "Η επιστροφή χρημάτων άργησε.", "Geri ödeme çok geç geldi. İstanbul'da ığdır",
    "Hoàn tiền đến quá muộn.", "เงินคืนมาช้าเกินไป", "Tagasimakse hilines õnneks ära.",
]  # fmt: skip
HARD = [
    "", " ", "  ", "   ", " " * 40, "\t", "\n", "\r\n", "\n\n\n", " \n ", "a", " a", "a ", "  a  b   c  ", "a\tb", "a\u00a0b",
    "a\u3000b", "\u2581", "\u2581\u2581", "a\u2581b", "\u2581 \u2581a", "▁the ▁▁of", "<s>", "</s>", "<unk>", "a<s>b",
    " <s> ", "<s><s>", "x</s> y", "<S>", "< s>", "<s", "<<s>>", "<unk><s></s>", "<0x41>", "<0x0A>", "a<b>c</b>",
    "é", "e\u0301", "caf\u00e9 cafe\u0301", "Å Å", "ﬁ ﬂ", "ẛ̣", "Z̷͈̃a̴l̵g̶o̷", "\u200b", "a\u200bb", "\u200d", "\ufeffbom",
    "😀", "😀😀😀", "👩‍👩‍👧‍👦", "🏳️‍🌈 flag", "🇩🇪🇫🇷", "👍🏽 ok", "☃ ❤️ ✓", "\U0001f9ff\U00020000\U0010fffd", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "\x00", "a\x00b", "\x01\x02\x1f\x7f", "\x80\x9f", "\ufffd", "\ufffd\ufffd bad", "\ufffe\uffff", "\u2028\u2029",
    "1234567890", "3.14159265358979", "1,000,000", "2026-11-28T15:30:00Z", "+49 (0)30 123456", "0x1F600", "1e-5",
    "https://example.org/a/b?c=d&e=f#g", "someone@example.org", "C:\\Users\\x", "SELECT * FROM t WHERE a='b';",
    "def f(x):\n    return x ** 2\n", "{\"a\": [1, 2, {\"b\": null}]}", "<html><body>x</body></html>", "a,b,c\n1,2,3\n",
    "# Heading\n\nText\n\n- one\n- two\n", "| a | b |\n|---|---|\n| 1 | 2 |", "```swift\nlet x = 1\n```", "...", "!!!", "-----",
    "'", "\"", "''''", "\\", "\\\\n", "$$$ €€€ £££ ¥¥¥", "½ ¾ ²³", "αβγ∑∏∫", "ⅣⅫ", "①②③", "ＡＢＣ１２３", "ｶﾀｶﾅ", "안", "한",
    "antidisestablishmentarianism", "pneumonoultramicroscopicsilicovolcanoconiosis", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ThisIsCamelCaseAndSoOn", "snake_case_name", "kebab-case-name", "UPPER CASE TEXT", "MiXeD cAsE", "word" * 30,
]  # fmt: skip


def texts():
    """The same list each time."""
    dice = random.Random(4)
    found = SENTENCES + HARD
    letters = "abcdefghij klmnop qrstuvwxyz ABC 0123 .,;-\n\téßñøа中の한😀\u0301\u200d"
    found += ["".join(dice.choice(letters) for _ in range(dice.randrange(1, 120))) for _ in range(24)]
    # Bytes that are no UTF-8, as they reach an embedder: replaced.
    found += [bytes(dice.randrange(256) for _ in range(40)).decode("utf-8", "replace") for _ in range(8)]
    found += [b"caf\xe9 \xff\xfe ok \xc3".decode("utf-8", "replace"), b"\xed\xa0\x80 \xf0\x9f\x98".decode("utf-8", "replace")]
    found += [" ".join(dice.choice(SENTENCES) for _ in range(60)), "退款来得太晚了" * 40, "a" * 1000, "ab" * 500 + " end"]
    found += ["".join(dice.choice("ACGT") for _ in range(900)), base64.b64encode(bytes(dice.randrange(256) for _ in range(600))).decode()]
    return found


def main():
    wheel = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(wheel / "wordllama/tokenizers/l2_supercat_tokenizer_config.json"))
    with safe_open(wheel / "wordllama/weights/l2_supercat_256.safetensors", framework="np") as file:
        model = WordLlamaInference(file.get_tensor("embedding.weight"), tokenizer)
    all_texts = texts()
    # One by one: what stands beside a text must not matter.
    vectors = [model.embed(text)[0].astype("<f4") for text in all_texts]
    pieces = [model.tokenize(text)[0] for text in all_texts]
    lines = []
    for text, vector, encoded in zip(all_texts, vectors, pieces):
        ids = [one for one, mask in zip(encoded.ids, encoded.attention_mask) if mask]
        assert not np.isnan(vector).any()
        entry = {"text": text, "pieces": ids, "vector": base64.b64encode(vector.tobytes()).decode()}
        lines.append(json.dumps(entry, ensure_ascii=True, separators=(",", ":")))
    print("[\n" + ",\n".join(lines) + "\n]")


main()
