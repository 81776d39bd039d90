"""Writes the archives of this folder and entries.json: what Python's tarfile says of them. Takes Python 3.9 or later, GNU tar and zstd.

python make_archives.py
"""

import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

here = Path(__file__).parent


def content(name: str) -> bytes:
    """17 bytes and more that differ from file to file."""
    return (name.encode() * 17)[: 17 + len(name)]


def files(longest: int) -> list[str]:
    names = ["0001.jpg", "0001.cls", "./cat/0002.JPG", "Größe/süß.png", "a.b/0003.left.png", "cat/0004"]
    return names + [("folder-of-a-long-name/" * 20)[: longest - 8].rstrip("/") + "/05.webp"]


def write(name: str, format: int, longest: int) -> None:
    with tarfile.open(here / name, "w", format=format) as archive:
        folder = tarfile.TarInfo("cat")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for path in files(longest):
            info = tarfile.TarInfo(path)
            info.size = len(content(path))
            archive.addfile(info, io.BytesIO(content(path)))
        for kind, path in ((tarfile.SYMTYPE, "link.jpg"), (tarfile.LNKTYPE, "hard.jpg")):
            link = tarfile.TarInfo(path)
            link.type, link.linkname = kind, "0001.jpg"
            archive.addfile(link)


write("ustar.tar", tarfile.USTAR_FORMAT, 160)
write("gnu.tar", tarfile.GNU_FORMAT, 300)
write("pax.tar", tarfile.PAX_FORMAT, 300)

with tempfile.TemporaryDirectory() as scratch:
    holes = Path(scratch, "holes.jpg")
    with holes.open("wb") as file:
        for hole in range(6):  # more than fit into one header
            file.seek(hole * 2**16)
            file.write(b"x")
    Path(scratch, "whole.jpg").write_bytes(content("whole.jpg"))
    for name, flags in (("sparse-gnu.tar", ["--format=gnu"]), ("sparse-pax.tar", ["--format=posix"])):
        order = ["holes.jpg", "whole.jpg"]
        fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--pax-option=delete=atime,delete=ctime"]
        fixed = fixed if "posix" in flags[0] else fixed[:-1]
        subprocess.run(["tar", "-cS", *flags, *fixed, "--blocking-factor=1", "-f", str(here / name), *order], cwd=scratch, check=True)

with tarfile.open(here / "samples.tar", "w", format=tarfile.PAX_FORMAT) as archive:
    for index in range(5):
        for field, value in (("jpg", content(str(index)) * 5), ("cls", b"%d" % index), ("mask.png", content("mask"))):
            info = tarfile.TarInfo(f"{index}.{field}")
            info.size = len(value)
            archive.addfile(info, io.BytesIO(value))
subprocess.run(["zstd", "-qf", "-19", str(here / "samples.tar")], check=True)

entries = {}
for path in sorted(here.glob("*.tar")):
    with tarfile.open(path) as archive:
        entries[path.name] = [
            {"path": one.name, "offset": one.offset_data, "size": one.size, "isFile": one.isreg(), "isSparse": one.issparse()}
            for one in archive
        ]
(here / "entries.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
