"""Parquet files as `datasets` and pyarrow write them, and what Python reads from them.

Run here, with pip install datasets pillow: python parquet-tables.py
Written by datasets 5.2.0, pyarrow 26.0.1, Pillow 13.0.0.
"""

import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, Image, Value
from PIL import Image as Picture

here = Path(__file__).parent
rng = np.random.default_rng(0)
expected = {}


def png(*shape):
    """Of random pixels, which do not compress."""
    file = io.BytesIO()
    Picture.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def digest(value):
    if isinstance(value, dict):
        value = value["bytes"]
    return hashlib.sha256(value).hexdigest()[:16] if isinstance(value, bytes) else value


def record(path, name=None):
    table = pq.read_table(path).to_pydict()
    read = {column: [digest(value) for value in values] for column, values in table.items()}
    name = name or path.relative_to(here).as_posix()
    assert expected.setdefault(name, read) == read


def write(name, columns, features, group=None):
    """As `push_to_hub` does."""
    path = here / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_dict(columns, features=Features(features)).to_parquet(path, batch_size=group)
    record(path)


def images(count, names=None):
    return [{"bytes": png(5, 7, 3), "path": names and names[k]} for k in range(count)]


for folder in ("birds", "codecs"):
    shutil.rmtree(here / folder, ignore_errors=True)
classes = ["albatross", "bittern", "crane"]
birds = {"image": Image(), "label": ClassLabel(names=classes)}
files = [f"x/{k}.png" for k in range(12)]
write("birds/data/train-00000-of-00002.parquet", {"image": images(7, files[:7]), "label": [0, 1, 2, 0, 1, 2, 0]}, birds, 3)
write("birds/data/train-00001-of-00002.parquet", {"image": images(5, files[7:]), "label": [2, 2, 1, 1, 0]}, birds, 3)
write("birds/data/test-00000-of-00001.parquet", {"image": images(2), "label": [-1, -1]}, birds)
# CIFAR-100 and ADE20K in small
write(
    "two-labels.parquet",
    {"img": images(3), "fine_label": [4, 2, 0], "coarse_label": [1, 0, 0]},
    {"img": Image(), "fine_label": ClassLabel(names=list("abcde")), "coarse_label": ClassLabel(names=["x", "y"])},
)
write(
    "with-masks.parquet",
    {
        "image": images(3),
        "annotation": [{"bytes": png(5, 7), "path": None} for _ in range(3)],
        "scene": [1, 0, 1],
        "description": ["a", "b", "c"],
    },
    {"image": Image(), "annotation": Image(), "scene": ClassLabel(names=["in", "out"]), "description": Value("string")},
)
write("gaps.parquet", {"image": [images(1)[0], None, images(1)[0]], "label": [1, None, 0]}, birds)

# Bytes alone, texts as labels; pages of a few rows, so that one image is many pages from the next.
plain = {
    "id": [f"bird-{k}" for k in range(40)],
    "image": [png(5, 7, 3) for _ in range(40)],
    "species": [classes[k * 7 // 5 % 3] for k in range(40)],
    "number": pa.array([k % 11 for k in range(40)], pa.int16()),
}
for codec in ("none", "snappy", "gzip", "brotli", "zstd", "lz4"):
    for version in ("1.0", "2.0"):
        path = here / "codecs" / f"{codec}-{version[0]}.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(
            pa.table(plain), path, compression=codec, data_page_version=version, data_page_size=700, write_batch_size=3,
            row_group_size=17, use_dictionary=codec in ("gzip", "zstd"), write_page_index=codec in ("snappy", "zstd"),
        )
        record(path, "codecs")

# One value stands in every row: the page of values is read beside the page of the row.
same = png(5, 7, 3)
path = here / "repeated.parquet"
repeated = {"image": [same] * 300, "label": pa.array([k // 100 for k in range(300)], pa.uint8())}
pq.write_table(pa.table(repeated), path, data_page_size=16, write_batch_size=50, compression="none")
record(path)
pq.write_table(pa.table({"text": ["a"], "height": [1.5]}), here / "no-images.parquet")

lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(table)}" for name, table in expected.items())
(here / "parquet-tables.json").write_text(f"{{\n{lines}\n}}\n")
