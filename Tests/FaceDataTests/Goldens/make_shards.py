"""Writes Goldens/shards: what Python's tarfile makes of a few samples, in each of its formats.

Run in this folder: python3 make_shards.py
"""
import gzip, io, json, tarfile

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def picture(value, side=3):
    return b"P5\n%d %d\n255\n" % (side, side) + bytes([value] * side * side)


def members(name):
    yield "readme", b"no sample"
    yield "__meta__.json", b"{}"
    yield "a/000.pgm", picture(10)
    yield "a/000.json", json.dumps({"identity": "Al", "part": "test"}).encode()
    yield "a/001.JPG.pgm", picture(20)
    yield "a/001.cls", b"7\n"
    # Longer than the 100 bytes of an old header, and not ASCII, where the format can hold it.
    long = "ä" * 8 + "/" + "n" * (60 if name == "ustar" else 160)
    yield long + ".pgm", picture(30)
    yield long + ".txt", b"happy"
    yield "b/.hidden.pgm", picture(40)
    yield "b/002.txt", b"a caption without a picture"


for name, form in FORMATS.items():
    with tarfile.open(f"shards/{name}.tar", "w", format=form) as archive:
        folder = tarfile.TarInfo("a")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for path, data in members(name):
            info = tarfile.TarInfo("./" + path if name == "gnu" else path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
with open("shards/pax.tar", "rb") as plain, open("shards/zipped.tar.gz", "wb") as zipped:
    with gzip.GzipFile(fileobj=zipped, mode="wb", mtime=0) as out:
        out.write(plain.read())
