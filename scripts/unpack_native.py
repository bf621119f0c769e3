"""Takes libduckdb, the extensions and the embedder out of their wheels: unpack_native.py WHEELS LOCK PLATFORM TARGET.

The sha256 of every wheel is compared with the lock once more, so that the result does not depend on pip's word.
"""

import hashlib
import pathlib
import shutil
import sys
import zipfile


EMBEDDER = (
    "wordllama/weights/l2_supercat_256.safetensors",
    "wordllama/tokenizers/l2_supercat_tokenizer_config.json",
)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def pinned(lock, platform):
    """The wheels of one platform, and those for any: file name → sha256."""
    rows = (line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#"))
    return {row[4]: row[3] for row in rows if row[0] in (platform, "any")}


def place(member, platform):
    """Where a file of a wheel belongs below lib/, or nothing if it is of no use here."""
    path = pathlib.PurePosixPath(member)
    if path.name in ("libduckdb.so", "libduckdb.dylib"):
        return path.name
    if path.suffix == ".duckdb_extension":
        version = path.parent.name
        return f"weir/extensions/{version}/{platform}/{path.name}"
    if member in EMBEDDER:
        return f"weir/embedder/{path.name}"
    if path.name == "LICENSE" and member.startswith("wordllama-"):
        return "weir/LICENSE-wordllama.txt"
    if path.name == "LICENSE.txt" and "duckdb_extension_json" in member:
        return "weir/LICENSE-duckdb.txt"
    return None


def main():
    wheels, lock, platform, target = sys.argv[1:]
    target = pathlib.Path(target)
    for name, digest in pinned(pathlib.Path(lock), platform).items():
        wheel = pathlib.Path(wheels, name)
        if not wheel.is_file():
            sys.exit(f"{name} is in the lock but was not downloaded")
        if sha256(wheel) != digest:
            sys.exit(f"{name} does not have the sha256 of the lock: expected {digest}, got {sha256(wheel)}")
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                where = place(member, platform)
                if where is None:
                    continue
                file = target / where
                file.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, open(file, "wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
                file.chmod(0o644)


main()
