"""Writes labels/, small label files of every kind, and labels.json, the ids that Pillow, NumPy and tifffile read in them.

python make_labels.py   (Pillow 13.0, NumPy 2.4, tifffile 2026.3, imagecodecs 2026.3)
"""

import io
import json
import shutil
import struct
import sys
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageOps

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "pixels/__fixtures__"))
from make_images import chunk, png, saved, tiff  # noqa: E402

FOLDER = HERE / "labels"
TABLE = {}
row, column = np.mgrid[0:5, 0:7]
IDS = (3 * row + column) % 19
PALETTE = ((np.arange(256)[:, None] * [37, 91, 53]) % 256).astype(np.uint8)


def keep(name, content, what, ids=None, **more):
    (FOLDER / name).write_bytes(content)
    entry = {"what": what, **more}
    if ids is not None:
        ids = np.asarray(ids)
        entry |= {"shape": list(ids.shape), "ids": [int(value) for value in ids.ravel()]}
    TABLE[name] = entry


def npy(values):
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def pillow(content):
    return np.asarray(Image.open(io.BytesIO(content))).astype(np.int64)


def pngs():
    for depth in (1, 2, 4, 8):
        ids = IDS % 2**depth
        for interlaced in (False, True):
            content = png(ids, depth, color=3, palette=PALETTE[: 2**depth].ravel(), interlaced=interlaced)
            suffix = "-interlaced" if interlaced else ""
            keep(f"palette-{depth}{suffix}.png", content, f"palette, indices of {depth} bits{', Adam7' if interlaced else ''}", ids)
            assert (pillow(content) == ids).all()
            keep(f"gray-{depth}{suffix}.png", png(ids, depth, interlaced=interlaced), f"gray of {depth} bits{', Adam7' if interlaced else ''}", ids)
    keep("gray-16.png", png(IDS, 16), "gray of 16 bits, ids 0..18", pillow(png(IDS, 16)))
    keep("gray-16-interlaced.png", png(IDS, 16, interlaced=True), "gray of 16 bits, Adam7", IDS)
    large = IDS * 3000
    keep("gray-16-large.png", png(large, 16), "ids up to 54,000", pillow(png(large, 16)))
    keep("void.png", png(np.where(IDS == 7, 255, IDS)), "255 is a number like any other", np.where(IDS == 7, 255, IDS))
    transparent = png(IDS, 8, color=3, palette=PALETTE.ravel())
    head = transparent.index(b"IDAT") - 4
    keep("palette-transparent.png", transparent[:head] + chunk(b"tRNS", bytes(256)) + transparent[head:], "palette with transparency: its indices", IDS)
    opaque = np.full_like(IDS, 255)
    keep("gray-opaque.png", png(np.dstack([IDS, opaque])), "gray with opaque alpha", IDS)
    keep("gray-transparent.png", png(np.dstack([IDS, IDS])), "gray with transparency", refused="unsuited labels", reason="must be opaque")
    keep("equal.png", png(np.dstack([IDS] * 3)), "RGB of three equal channels", IDS)
    keep("equal-opaque.png", png(np.dstack([IDS] * 3 + [opaque])), "RGBA of three equal channels, opaque", IDS)
    colors = PALETTE[IDS]
    keep("colors.png", png(colors), "RGB without a color table", refused="unsuited labels", reason="must be said by `colorTable`")
    table = {f"{r},{g},{b}": id for id, (r, g, b) in enumerate(PALETTE[:19].tolist())}
    keep("colors-table.png", png(colors), "RGB with a color table", IDS, rules={"colorTable": table})
    keep("colors-list.png", png(colors), "RGB with a list of colors", IDS, rules={"colorTable": PALETTE[:19].tolist()})
    keep("colors-unknown.png", png(colors), "RGB with a color that the table lacks", refused="unsuited labels", reason="not in `colorTable`", rules={"colorTable": PALETTE[:18].tolist()})
    keep("gray-table.png", png(IDS), "gray beside a color table", IDS, rules={"colorTable": table})
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(Image.fromarray(IDS.astype(np.uint8)), "PNG", exif=exif)
    keep("orientation-6.png", content, "EXIF orientation 6", np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content)))))
    whole = png(np.kron(IDS, np.ones((20, 20), int)))
    keep("truncated.png", whole[: len(whole) // 2], "cut off", refused="truncated")
    bomb = png(np.zeros((999, 999), int))
    keep("swelling.png", bomb.replace(struct.pack(">II", 999, 999), struct.pack(">II", 3, 3), 1), "more pixels than its header says", refused="damaged")


def others():
    keep("gray.jpg", saved(Image.fromarray(IDS.astype(np.uint8)), "JPEG"), "JPEG", refused="unsupported format", reason="does not keep numbers")
    keep("lossless.webp", saved(Image.fromarray(np.dstack([IDS.astype(np.uint8)] * 3)), "WEBP", lossless=True), "WebP", refused="unsupported format")
    for dtype in ("uint8", "uint16", "int16", "uint32", ">u2"):
        content = tiff(IDS.astype(dtype).astype(np.dtype(dtype).newbyteorder("=")), photometric="minisblack", byteorder=">" if dtype[0] == ">" else "<")
        keep(f"{dtype.replace('>', 'big-')}.tif", content, f"TIFF of {dtype}", tifffile.imread(io.BytesIO(content)))
    keep("deflate.tif", tiff(IDS.astype(np.uint16), photometric="minisblack", compression="zlib", predictor=True), "TIFF, deflate", IDS)
    palette = Image.fromarray(IDS.astype(np.uint8), "P")
    palette.putpalette(PALETTE.ravel().tolist())
    keep("palette.tif", saved(palette, "TIFF"), "TIFF with a palette", pillow(saved(palette, "TIFF")))
    bits = IDS % 2
    keep("bits.tif", saved(Image.fromarray(bits.astype(bool)), "TIFF"), "TIFF of 1 bit", bits)
    keep("bits-white.tif", tiff(bits.astype(bool), photometric="miniswhite"), "TIFF of 1 bit that counts from white", bits)
    keep("float.tif", tiff(IDS.astype(np.float32), photometric="minisblack"), "TIFF of floats", refused="unsupported format")
    keep("colors.tif", tiff(PALETTE[IDS], photometric="rgb"), "TIFF of RGB with a list of colors", IDS, rules={"colorTable": PALETTE[:19].tolist()})
    keep("orientation-6.tif", tiff(IDS.astype(np.uint8), photometric="minisblack", extratags=[(274, 3, 1, 6, True)]), "TIFF of orientation 6", np.rot90(IDS, -1))
    for dtype in ("uint8", "int64", "uint16", "int32"):
        keep(f"{dtype}.npy", npy(IDS.astype(dtype)), f".npy of {dtype}", IDS)
    keep("fortran.npy", npy(np.asfortranarray(IDS.astype(np.int32))), ".npy, columns first", IDS)
    keep("bool.npy", npy(IDS > 9), ".npy of booleans", IDS > 9)
    keep("plane.npy", npy(IDS[None].astype(np.uint8)), ".npy [1, H, W]", IDS)
    keep("last.npy", npy(IDS[..., None].astype(np.uint8)), ".npy [H, W, 1]", IDS)
    keep("float.npy", npy(IDS.astype(np.float32)), ".npy of floats", refused="unsupported format")
    keep("negative.npy", npy(IDS.astype(np.int32) - 1), ".npy with -1", refused="unsuited labels", reason="-1 at row 0")
    keep("too-many.npy", npy(IDS.astype(np.int32) * 4000), ".npy with ids above 65,535", refused="unsuited labels", reason="ids are 0 to 65535")
    keep("stack.npy", npy(np.stack([IDS] * 3)), ".npy [3, H, W]", refused="unsupported format")


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    pngs()
    others()
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in TABLE.items())
    (HERE / "labels.json").write_text(f"{{\n{lines}\n}}\n")
