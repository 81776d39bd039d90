"""Writes images/, small files of every format, depth, band count, profile and orientation, and images.json, what Pillow, NumPy and
tifffile read in them.

python make_images.py   (Pillow 13.0, NumPy 2.4, tifffile 2026.3, imagecodecs 2026.3)
"""

import io
import json
import shutil
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps

HERE = Path(__file__).parent
FOLDER = HERE / "images"
ROWS, COLUMNS = 5, 7
TABLE = {}

row, column = np.mgrid[0:ROWS, 0:COLUMNS]


def bands(count, most=255):
    """[5, 7, count], different in every band and along both axes."""
    steps = [(37 * band + 23 * row + (31 + 6 * band) * column) % 256 for band in range(count)]
    return np.stack(steps, axis=-1) * most / 255


RGB = bands(3).astype(np.uint8)
ALPHA = ((row * COLUMNS + column) * 7).astype(np.uint8)
RGBA = np.dstack([RGB, ALPHA])
GRAY = RGB[..., 0]
# Decoders of lossy files agree on smooth colors only.
SMOOTH = np.stack([60 + 20 * (row // 2) + 0 * column, 90 + 12 * column + 0 * row, 200 - 15 * row - 5 * column], axis=-1).astype(np.uint8)
ORIENTED = np.kron(SMOOTH, np.ones((8, 8, 1), np.uint8))


def keep(name, content, what, values=None, tolerance=0, **more):
    """`values`: [H, W, channels] that a reader should get, None where it should refuse."""
    (FOLDER / name).write_bytes(content)
    entry = {"what": what, **more}
    if values is not None:
        values = np.asarray(values)
        values = values[..., None] if values.ndim == 2 else values
        entry["shape"] = list(values.shape)
        if values.shape[0] > 8:  # of blocks of 8 x 8 pixels the middle
            values = values[3::8, 3::8]
            entry["every"] = 8
        flat = values.astype(np.float64).ravel()
        entry |= {"values": [int(v) if float(v).is_integer() else round(float(v), 4) for v in flat]}
        if tolerance:
            entry["tolerance"] = tolerance
    TABLE[name] = entry


def saved(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def pillow(content):
    """Upright RGB over white, through the profile where there is one: what a careful user of Pillow sees."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return np.asarray(image.convert("RGB"))


def over_white(rgba, most=255):
    alpha = rgba[..., -1:].astype(np.float64) / most
    return rgba[..., :-1] * alpha + most * (1 - alpha)


def gray3(values):
    return np.repeat(np.asarray(values)[..., None], 3, axis=-1)


# PNG, written here because no writer makes all of them.


def chunk(kind, content, crc=None):
    checksum = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(values, depth=8, color=None, extra=(), interlaced=False, palette=None, end=b""):
    values = np.asarray(values)
    planes = values[..., None] if values.ndim == 2 else values
    color = {1: 0, 2: 4, 3: 2, 4: 6}[planes.shape[2]] if color is None else color
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [planes[top::down, left::right] for top, left, down, right in passes] if interlaced else [planes]
    lines = b""
    for part in parts:
        for line in part if part.size else []:
            if depth == 16:
                packed = line.astype(">u2").tobytes()
            elif depth == 8:
                packed = line.astype(np.uint8).tobytes()
            else:
                bits = ((line.ravel()[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
                packed = np.packbits(bits.ravel()).tobytes()
            lines += b"\0" + packed
    header = struct.pack(">IIBBBBB", planes.shape[1], planes.shape[0], depth, color, 0, 0, int(interlaced))
    colors = chunk(b"PLTE", bytes(palette)) if palette is not None else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + colors + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"") + end


PROFILE = {
    "adobe": imagecodecs.cms_profile("adobergb"),
    "p3": ImageCms.ImageCmsProfile(io.BytesIO(imagecodecs.cms_profile("rgb", whitepoint=[0.3127, 0.329, 1], primaries=[0.68, 0.32, 1, 0.265, 0.69, 1, 0.15, 0.06, 1], gamma=2.2))).tobytes(),
    "gray": imagecodecs.cms_profile("gray", gamma=1.8),
    "linear": imagecodecs.cms_profile("rgb", whitepoint=[0.3127, 0.329, 1], primaries=[0.64, 0.33, 1, 0.3, 0.6, 1, 0.15, 0.06, 1], gamma=1.0),
}
SRGB_CHUNK = chunk(b"sRGB", b"\0")
LINEAR_CHUNK = chunk(b"gAMA", struct.pack(">I", 100000))
GAMMA_CHUNK = chunk(b"gAMA", struct.pack(">I", 45455))


def iccp(name):
    return chunk(b"iCCP", b"profile\0\0" + zlib.compress(PROFILE[name], 9))


def pngs():
    keep("rgb.png", png(RGB), "8-bit RGB", RGB)
    keep("rgb-interlaced.png", png(RGB, interlaced=True), "8-bit RGB, Adam7", RGB)
    keep("rgba.png", png(RGBA), "8-bit RGB with alpha", over_white(RGBA), 1)
    keep("gray.png", png(GRAY), "8-bit gray", gray3(GRAY))
    keep("gray-alpha.png", png(np.dstack([GRAY, ALPHA])), "8-bit gray with alpha", gray3(over_white(np.dstack([GRAY, ALPHA]))[..., 0]), 1)
    for depth in (1, 2, 4):
        values = (row + column) % 2**depth
        keep(f"gray-{depth}.png", png(values, depth), f"{depth}-bit gray", gray3(values * 255 // (2**depth - 1)))
    palette = (np.arange(16)[:, None] * [15, 7, 3] + [1, 90, 140]).astype(np.uint8)
    indices = (2 * row + column) % 16
    keep("palette.png", png(indices, 4, color=3, palette=palette.ravel()), "palette of 16 colors", palette[indices])
    alphas = (np.arange(16) * 17).astype(np.uint8)
    content = b"".join([png(indices, 4, color=3, palette=palette.ravel())[:33], chunk(b"PLTE", palette.tobytes()), chunk(b"tRNS", alphas.tobytes())])
    content += png(indices, 4, color=3, palette=palette.ravel())[33 + 12 + 48 :]
    keep("palette-transparent.png", content, "palette with transparency", over_white(np.dstack([palette[indices], alphas[indices]])), 1)
    keep("key-transparent.png", png(RGB, extra=[chunk(b"tRNS", struct.pack(">HHH", *[int(v) for v in RGB[2, 3]]))]), "RGB with one transparent color", np.where((RGB == RGB[2, 3]).all(-1, keepdims=True), 255, RGB))
    wide = bands(3, 65535).astype(np.uint16)
    keep("rgb-16.png", png(wide, 16), "16-bit RGB, no profile", refused="without value range")
    keep("rgb-16-range.png", png(wide, 16), "16-bit RGB, valueRange [0, 65535]", wide / 257, 1e-4, rules={"valueRange": [0, 65535]})
    keep("rgb-16-srgb.png", png(wide, 16, extra=[SRGB_CHUNK]), "16-bit RGB that says sRGB", wide / 257, 1e-4)
    keep("rgba-16-srgb.png", png(np.dstack([wide, ALPHA.astype(np.uint16) * 257]), 16, extra=[SRGB_CHUNK]), "16-bit RGB with alpha that says sRGB", over_white(np.dstack([wide, ALPHA.astype(np.uint16) * 257]), 65535) / 257, 1e-2)
    sensor = bands(1, 3000).astype(np.uint16)[..., 0]
    keep("gray-16-sensor.png", png(sensor, 16), "16-bit gray 0..3000", refused="without value range")
    keep("gray-16-sensor-range.png", png(sensor, 16), "16-bit gray, valueRange [0, 3000]", gray3(sensor / 3000 * 255), 1e-3, rules={"valueRange": [0, 3000]})
    keep("gray-16-narrow.png", png(sensor, 16), "16-bit gray, valueRange [500, 2000]", gray3(np.clip((sensor - 500.0) / 1500, 0, 1) * 255), 1e-3, rules={"valueRange": [500, 2000]})
    keep("gray-16-one.png", png(sensor, 16), "16-bit gray, one channel, valueRange [0, 3000]", sensor / 3000 * 255, 1e-3, rules={"valueRange": [0, 3000], "channels": 1})
    content = png(wide, 16, extra=[iccp("p3")])
    keep("rgb-16-profile.png", content, "16-bit RGB with a profile", pillow(png((wide / 257).round().astype(np.uint8), extra=[iccp("p3")])), 3)
    keep("gamma.png", png(RGB, extra=[GAMMA_CHUNK]), "8-bit RGB, gAMA 1/2.2", RGB)
    keep("linear.png", png(RGB, extra=[LINEAR_CHUNK]), "8-bit RGB, gAMA 1", refused="linear light")
    for name in ("adobe", "p3", "linear"):
        content = png(SMOOTH, extra=[iccp(name)])
        keep(f"profile-{name}.png", content, f"8-bit RGB with a profile: {name}", pillow(content), 2)
    content = saved(Image.fromarray(GRAY), "PNG", icc_profile=PROFILE["gray"])
    gray = ImageCms.profileToProfile(Image.fromarray(GRAY), ImageCms.ImageCmsProfile(io.BytesIO(PROFILE["gray"])), ImageCms.createProfile("sRGB"), outputMode="RGB")
    keep("profile-gray.png", content, "8-bit gray with a profile of gamma 1.8", np.asarray(gray), 3)
    keep("text-checksum.png", png(RGB, extra=[chunk(b"tEXt", b"Comment\0hello", crc=1)]), "wrong checksum of a comment", RGB)
    keep("trailing.png", png(RGB, end=b"appended by a camera"), "bytes after the end", RGB)
    exif = Image.Exif()
    exif[0x0112] = 6
    keep("orientation-6.png", saved(Image.fromarray(RGB), "PNG", exif=exif), "EXIF orientation 6", np.rot90(RGB, -1))
    frames = [Image.fromarray(RGB), Image.fromarray(255 - RGB)]
    keep("animated.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:]), "animated PNG: first frame", RGB)
    big = png(bands(3).astype(np.uint8).repeat(20, 0).repeat(20, 1))
    keep("truncated.png", big[: len(big) * 2 // 3], "cut off", refused="truncated")
    damaged = bytearray(big)
    damaged[len(big) // 2] ^= 255
    keep("damaged.png", bytes(damaged), "a wrong byte in the pixels", refused="damaged")
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    keep("huge.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""), "says 40,000 x 40,000 pixels", refused="too large")
    keep("one.png", png(RGB), "RGB as one channel: Pillow's L", np.asarray(Image.fromarray(RGB).convert("L")), 1, rules={"channels": 1})
    keep("bands.png", png(RGB), "two of the bands", RGB[..., [2, 0]], rules={"channels": 2, "bands": [2, 0]})
    keep("alpha-band.png", png(RGBA), "alpha as a band", RGBA, rules={"channels": 4, "bands": [0, 1, 2, 3]})


def jpegs():
    image = Image.fromarray(SMOOTH)
    plain = saved(image, "JPEG", quality=95, subsampling=0)
    keep("rgb.jpg", plain, "baseline", pillow(plain), 1)
    for name, options, what in (
        ("progressive", {"progressive": True, "subsampling": 0}, "progressive"),
        ("restart", {"restart_marker_blocks": 1, "subsampling": 0}, "restart markers"),
    ):
        content = saved(Image.fromarray(ORIENTED), "JPEG", quality=95, **options)
        keep(f"{name}.jpg", content, what, pillow(content), 1)
    content = saved(Image.fromarray(ORIENTED), "JPEG", quality=95, subsampling=2)
    keep("subsampled.jpg", content, "color at half the size (4:2:0)", pillow(content), 3)
    content = saved(Image.fromarray(SMOOTH[..., 0]), "JPEG", quality=95)
    keep("gray.jpg", content, "gray", pillow(content), 1)
    keep("gray-one.jpg", content, "gray as one channel", pillow(content)[..., :1], 1, rules={"channels": 1})
    content = saved(Image.fromarray(SMOOTH).convert("CMYK"), "JPEG", quality=95)
    keep("cmyk.jpg", content, "CMYK without a profile, by libvips' profile of a press: near the plain formula", SMOOTH, 70)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        content = saved(Image.fromarray(ORIENTED), "JPEG", quality=95, subsampling=0, exif=exif)
        keep(f"orientation-{orientation}.jpg", content, f"EXIF orientation {orientation}", pillow(content), 2)
    content = saved(image, "JPEG", quality=95, subsampling=0, icc_profile=PROFILE["adobe"])
    keep("profile-adobe.jpg", content, "Adobe RGB", pillow(content), 3)
    keep("trailing.jpg", plain + b"a video of the telephone", "bytes after the end", pillow(plain), 1)
    keep("no-end.jpg", plain[:-2], "no end marker, no pixel missing", pillow(plain), 1)
    keep("extraneous.jpg", plain[:-2] + bytes(18) + plain[-2:], "bytes before the end marker", pillow(plain), 1)
    keep("no-end-strict.jpg", plain[:-2], "no end marker, damaged: strict", refused="truncated", rules={"damaged": "strict"})
    restarts = saved(Image.fromarray(ORIENTED), "JPEG", quality=95, restart_marker_blocks=1, subsampling=0)
    stray = restarts.replace(b"\xff\xd1", b"\1\2\3\xff\xd1", 1)
    keep("stray.jpg", stray, "bytes before a restart marker", pillow(restarts), 1)
    keep("stray-strict.jpg", stray, "bytes before a restart marker, damaged: strict", refused="damaged", rules={"damaged": "strict"})
    wrong = bytearray(saved(Image.fromarray(ORIENTED), "JPEG", quality=95, subsampling=0))
    wrong[-200:-100] = bytes([0xA5]) * 100
    keep("damaged.jpg", bytes(wrong), "wrong bytes in the pixels", refused="damaged")
    keep("truncated.jpg", saved(Image.fromarray(ORIENTED), "JPEG", quality=95)[:-60], "cut off", refused="truncated")
    cut = saved(Image.fromarray(ORIENTED), "JPEG", quality=95)
    keep("truncated-ended.jpg", cut[:-60] + cut[-2:], "pixels missing before the end marker", refused="damaged")
    progressive = saved(Image.fromarray(ORIENTED), "JPEG", quality=95, progressive=True)
    keep("truncated-progressive.jpg", progressive[: len(progressive) // 2], "progressive, cut off", refused="truncated")
    keep("jpeg-named.png", plain, "a JPEG with another extension", pillow(plain), 1)


def others():
    image = Image.fromarray(SMOOTH)
    for name, content, what, tolerance in (
        ("lossless.webp", saved(Image.fromarray(RGB), "WEBP", lossless=True), "lossless", 0),
        ("lossy.webp", saved(Image.fromarray(ORIENTED), "WEBP", quality=90), "lossy", 2),
        ("alpha.webp", saved(Image.fromarray(RGBA), "WEBP", lossless=True, exact=True), "lossless with alpha", 1),
        ("still.gif", saved(Image.fromarray(RGB).quantize(16, dither=0), "GIF"), "palette", 0),
        ("rgb.avif", saved(Image.fromarray(ORIENTED), "AVIF", quality=90, subsampling="4:4:4"), "8-bit RGB", 3),
        ("alpha.avif", saved(Image.fromarray(np.dstack([ORIENTED, np.full(ORIENTED.shape[:2], 128, np.uint8)])), "AVIF", quality=95, subsampling="4:4:4"), "8-bit RGB with alpha", 3),
    ):
        keep(name, content, what, pillow(content), tolerance)
    frames = [Image.fromarray(RGB), Image.fromarray(255 - RGB)]
    content = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    keep("animated.webp", content, "animated: first frame", RGB)
    two = [frame.quantize(16, dither=0) for frame in frames]
    content = saved(two[0], "GIF", save_all=True, append_images=two[1:], duration=50)
    keep("animated.gif", content, "animated: first frame", np.asarray(two[0].convert("RGB")))
    indices = np.asarray(two[0])
    content = saved(two[0], "GIF", transparency=int(indices[2, 3]))
    keep("transparent.gif", content, "a transparent color", np.where((indices == indices[2, 3])[..., None], 255, np.asarray(two[0].convert("RGB"))))
    deep = imagecodecs.avif_encode(np.kron(SMOOTH.astype(np.uint16) * 4, np.ones((8, 8, 1), np.uint16)), bitspersample=10, level=100)
    keep("deep.avif", deep, "10-bit RGB", ORIENTED.astype(float), 3)

    keep("empty.jpg", b"", "no byte", refused="empty file")
    keep("picture.bmp", saved(image, "BMP"), "BMP", refused="unsupported format", format="BMP")
    keep("picture.jp2", saved(image, "JPEG2000"), "JPEG 2000", refused="unsupported format", format="JPEG 2000")
    keep("picture.psd", b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 5, 7, 8, 3) + bytes(20), "Photoshop", refused="unsupported format", format="Photoshop")
    keep("telephone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "HEIC of a telephone", refused="unsupported format", format="HEIC")
    keep("picture.jxl", imagecodecs.jpegxl_encode(SMOOTH), "JPEG XL", refused="unsupported format", format="JPEG XL")
    keep("picture.ico", saved(image.resize((16, 16)), "ICO"), "icon", refused="unsupported format", format="ICO")
    keep("picture.ppm", saved(image, "PPM"), "PPM", refused="unsupported format", format="PNM")
    keep("picture.exr", b"v/1\x01\x02\0\0\0" + bytes(24), "OpenEXR", refused="unsupported format", format="OpenEXR")
    keep("picture.hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 5 +X 7\n", "Radiance HDR", refused="unsupported format", format="Radiance")
    keep("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>', "SVG", refused="unsupported format", format="SVG")
    keep("document.pdf", saved(image, "PDF")[:200], "PDF", refused="unsupported format", format="PDF")
    keep("page.jpg", b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "a web page in place of an image", refused="unrecognized")
    keep("text.png", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2\nsize 12345\n", "a pointer of Git LFS", refused="unrecognized")
    keep("zeros.jpg", bytes(100), "zeros", refused="unrecognized")


def tiff(values, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, metadata=None, software="", **options)
    return buffer.getvalue()


def tiffs():
    keep("rgb.tif", tiff(RGB, photometric="rgb"), "8-bit RGB", RGB)
    for name, options in (
        ("lzw", {"compression": "lzw", "predictor": True}),
        ("deflate", {"compression": "zlib", "predictor": True}),
        ("packbits", {"compression": "packbits"}),
        ("zstd", {"compression": "zstd"}),
        ("tiled", {"tile": (16, 16)}),
        ("big", {"bigtiff": True}),
        ("big-endian", {"byteorder": ">"}),
    ):
        keep(f"rgb-{name}.tif", tiff(RGB, photometric="rgb", **options), f"8-bit RGB, {name}", RGB)
    keep("rgb-planar.tif", tiff(np.moveaxis(RGB, 2, 0).copy(), photometric="rgb", planarconfig="separate"), "8-bit RGB, a plane for each", RGB)
    content = tiff(ORIENTED, photometric="rgb", compression="jpeg")
    keep("jpeg.tif", content, "JPEG in TIFF", tifffile.imread(io.BytesIO(content)), 3)
    keep("rgba.tif", tiff(RGBA, photometric="rgb", extrasamples=["unassalpha"]), "RGB with alpha", over_white(RGBA), 1)
    premultiplied = np.dstack([(RGB * (ALPHA[..., None] / 255)).round().astype(np.uint8), ALPHA])
    keep("rgba-premultiplied.tif", tiff(premultiplied, photometric="rgb", extrasamples=["assocalpha"]), "RGB with associated alpha", premultiplied[..., :3] + (255.0 - ALPHA[..., None]), 2)
    keep("gray.tif", tiff(GRAY, photometric="minisblack"), "8-bit gray", gray3(GRAY))
    keep("white-is-zero.tif", tiff(GRAY, photometric="miniswhite"), "8-bit gray, 0 is white", gray3(255 - GRAY))
    bits = (row + column) % 3 == 0
    keep("bits.tif", saved(Image.fromarray(bits), "TIFF"), "1-bit", gray3(bits * 255))
    keep("fax.tif", saved(Image.fromarray(bits), "TIFF", compression="group4"), "1-bit, fax", gray3(bits * 255))
    quantized = Image.fromarray(RGB).quantize(16, dither=0)
    keep("palette.tif", saved(quantized, "TIFF"), "palette", np.asarray(quantized.convert("RGB")))
    near = bands(4).astype(np.uint8)
    near[0, 0] = [200, 100, 50, 30]
    content = tiff(near, photometric="rgb", extrasamples=["unspecified"])
    keep("rgb-nir.tif", content, "RGB and near infrared", refused="with unclear bands")
    keep("rgb-nir-three.tif", content, "RGB and near infrared, bands [0, 1, 2]", near[..., :3], rules={"bands": [0, 1, 2]})
    keep("rgb-nir-four.tif", content, "RGB and near infrared, four channels", near, rules={"channels": 4})
    keep("rgb-nir-false.tif", content, "near infrared, red, green", near[..., [3, 0, 1]], rules={"bands": [3, 0, 1]})
    keep("untagged-four.tif", tiff(near, photometric="minisblack", planarconfig="contig", extrasamples=["unspecified"] * 3), "four bands, the first gray", refused="with unclear bands")
    keep("untagged-four-of.tif", tiff(near, photometric="minisblack", planarconfig="contig", extrasamples=["unspecified"] * 3), "four bands, four channels", near, rules={"channels": 4})
    two = bands(2).astype(np.uint8)
    content = tiff(two, photometric="minisblack", planarconfig="contig", extrasamples=["unspecified"])
    keep("two.tif", content, "two bands", refused="with unclear bands")
    keep("two-two.tif", content, "two bands, two channels", two, rules={"channels": 2})
    five = bands(5).astype(np.uint8)
    for name, values, config in (("contig", five, "contig"), ("separate", np.moveaxis(five, 2, 0).copy(), "separate")):
        content = tiff(values, photometric="minisblack", planarconfig=config, extrasamples=["unspecified"] * 4)
        keep(f"five-{name}.tif", content, f"five bands, {name}, five channels", five, rules={"channels": 5})
    keep("five-of.tif", content, "three of five bands", five[..., [4, 2, 0]], rules={"bands": [4, 2, 0]})
    ten = bands(10, 10000).astype(np.uint16)
    content = tiff(ten, photometric="minisblack", planarconfig="contig", extrasamples=["unspecified"] * 9, compression="zlib", predictor=True)
    keep("ten.tif", content, "ten bands of 16 bits, no range", refused="without value range", rules={"channels": 10})
    keep("ten-range.tif", content, "ten bands of 16 bits", ten / 10000 * 255, 1e-3, rules={"channels": 10, "valueRange": [0, 10000]})
    sensor = bands(3, 3000).astype(np.uint16)
    content = tiff(sensor, photometric="rgb")
    keep("rgb-16.tif", content, "16-bit RGB 0..3000", refused="without value range")
    keep("rgb-16-range.tif", content, "16-bit RGB, valueRange [0, 3000]", sensor / 3000 * 255, 1e-3, rules={"valueRange": [0, 3000]})
    wide = bands(3, 65535).astype(np.uint16)
    content = tiff(wide, photometric="rgb", iccprofile=PROFILE["p3"])
    byte = saved(Image.fromarray((wide / 257).round().astype(np.uint8)), "PNG", icc_profile=PROFILE["p3"])
    keep("rgb-16-profile.tif", content, "16-bit RGB with a profile", pillow(byte), 3)
    keep("gray-16.tif", tiff(sensor[..., 0], photometric="minisblack"), "16-bit gray, valueRange [0, 3000]", gray3(sensor[..., 0] / 3000 * 255), 1e-3, rules={"valueRange": [0, 3000]})
    unit = (bands(3) / 255).astype(np.float32)
    content = tiff(unit, photometric="rgb")
    keep("float.tif", content, "float 0..1, no range", refused="without value range")
    keep("float-range.tif", content, "float, valueRange [0, 1]", unit * 255.0, 1e-3, rules={"valueRange": [0, 1]})
    keep("float-predictor.tif", tiff(unit, photometric="rgb", compression="zlib", predictor=True), "float with predictor", unit * 255.0, 1e-3, rules={"valueRange": [0, 1]})
    keep("float-gray.tif", tiff(unit[..., 0], photometric="minisblack"), "float gray as one channel", unit[..., 0] * 255.0, 1e-3, rules={"valueRange": [0, 1], "channels": 1})
    keep("float-64.tif", tiff(unit.astype(np.float64), photometric="rgb"), "float of 64 bits", unit * 255.0, 1e-3, rules={"valueRange": [0, 1]})
    keep("float-16.tif", tiff(unit.astype(np.float16), photometric="rgb"), "float of 16 bits", unit.astype(np.float16).astype(float) * 255, 1e-3, rules={"valueRange": [0, 1]})
    holes = unit.copy()
    holes[2, 3, 1] = np.nan
    keep("nan.tif", tiff(holes, photometric="rgb"), "a NaN", refused="NaN in pixels", rules={"valueRange": [0, 1]})
    holes[2, 3, 1] = np.inf
    keep("infinite.tif", tiff(holes, photometric="rgb"), "an infinite value", refused="infinite pixels", rules={"valueRange": [0, 1]})
    signed = (sensor.astype(np.int32) - 1500).astype(np.int16)
    keep("int-16.tif", tiff(signed, photometric="rgb"), "signed, valueRange [-1500, 1500]", (signed + 1500.0) / 3000 * 255, 1e-3, rules={"valueRange": [-1500, 1500]})
    keep("int-8.tif", tiff((RGB.astype(np.int16) - 128).astype(np.int8), photometric="rgb"), "signed bytes, valueRange [-128, 127]", RGB, 1e-3, rules={"valueRange": [-128, 127]})
    keep("uint-32.tif", tiff(sensor.astype(np.uint32) * 1000, photometric="rgb"), "32 bits, valueRange [0, 3000000]", sensor / 3000 * 255, 1e-3, rules={"valueRange": [0, 3000000]})
    cmyk = np.asarray(Image.fromarray(SMOOTH).convert("CMYK"))
    keep("cmyk.tif", tiff(cmyk, photometric="separated"), "CMYK without a profile, likewise", SMOOTH, 70)
    keep("lab.tif", saved(ImageCms.profileToProfile(Image.fromarray(SMOOTH), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"), "TIFF"), "CIELAB", refused="unsupported format")
    content = tiff(RGB, photometric="rgb", extratags=[(274, 3, 1, 6, True)])
    keep("orientation-6.tif", content, "orientation 6", np.rot90(RGB, -1))
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for page in (RGB, 255 - RGB):
            writer.write(page, photometric="rgb", metadata=None)
    keep("pages.tif", buffer.getvalue(), "two pages", refused="several pages")
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(RGB, photometric="rgb", metadata=None)
        writer.write(RGB[::2, ::2], photometric="rgb", metadata=None, subfiletype=1)
    keep("thumbnail.tif", buffer.getvalue(), "a page and its thumbnail", RGB)
    big = tiff(ORIENTED, photometric="rgb")
    keep("truncated.tif", big[: len(big) * 2 // 3], "cut off", refused="truncated")


def arrays():
    def npy(values):
        buffer = io.BytesIO()
        np.save(buffer, values)
        return buffer.getvalue()

    keep("rgb.npy", npy(RGB), "[H, W, 3] of bytes", RGB)
    keep("rgb-first.npy", npy(np.moveaxis(RGB, 2, 0).copy()), "[3, H, W] of bytes", RGB)
    keep("rgb-fortran.npy", npy(np.asfortranarray(RGB)), "[H, W, 3], columns first", RGB)
    keep("gray.npy", npy(GRAY), "[H, W] of bytes", gray3(GRAY))
    five = bands(5, 10000).astype(np.uint16)[:, :, :4]
    keep("four.npy", npy(five), "[H, W, 4] of 16 bits", five / 10000 * 255, 1e-3, rules={"channels": 4, "valueRange": [0, 10000]})
    keep("four-three.npy", npy(RGBA), "[H, W, 4] where 3 are wanted", refused="with unclear bands")
    unit = (bands(3) / 255).astype(np.float32)
    keep("float.npy", npy(unit), "float, no range", refused="without value range")
    keep("float-range.npy", npy(unit), "float, valueRange [0, 1]", unit * 255.0, 1e-3, rules={"valueRange": [0, 1]})
    keep("half-range.npy", npy(unit.astype(np.float16)), "half, valueRange [0, 1]", unit.astype(np.float16).astype(float) * 255, 1e-3, rules={"valueRange": [0, 1]})
    keep("big-endian.npy", npy(unit.astype(">f4")), "big-endian float", unit * 255.0, 1e-3, rules={"valueRange": [0, 1]})
    holes = unit.copy()
    holes[2, 3, 1] = np.nan
    keep("nan.npy", npy(holes), "a NaN", refused="NaN in pixels", rules={"valueRange": [0, 1]})
    keep("bool.npy", npy(GRAY > 100), "booleans", gray3((GRAY > 100) * 255))
    keep("line.npy", npy(GRAY[0]), "one axis", refused="unrecognized")
    keep("truncated.npy", npy(RGB)[:-20], "cut off", refused="truncated")
    keep("objects.npy", npy(np.array([[{}]], dtype=object)), "objects", refused="unrecognized")


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for part in (pngs, jpegs, others, tiffs, arrays):
        part()
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in TABLE.items())
    (HERE / "images.json").write_text(f"{{\n{lines}\n}}\n")
