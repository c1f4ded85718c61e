"""Writes recordio/ and pickles/: small files in the layouts of InsightFace's tools.

The records follow dmlc-core's recordio.h and MXNet's IRHeader by `struct`; the pickles are
Python's and numpy's own. Pictures are PGM of random grey values. Run with Python 3 and numpy
(made with 3.11 and 2.4): python make_records.py
"""

import pathlib
import pickle
import random
import struct

import numpy

MAGIC = struct.pack("<I", 0xCED7230A)
folder = pathlib.Path(__file__).parent
generator = random.Random(7)


def picture(index, size=6, extra=b""):
    """The first grey value is the index, so that a test can tell the pictures apart."""
    grey = bytes([index]) + bytes(generator.randrange(256) for _ in range(size * size - 1))
    return b"P5 %d %d 255\n" % (size, size) + grey + extra


def record(payload):
    """Splits at the magic word where it stands at a multiple of four, as recordio.cc does."""
    parts, start = [], 0
    for at in range(0, len(payload) // 4 * 4, 4):
        if payload[at : at + 4] == MAGIC:
            parts.append(payload[start:at])
            start = at + 4
    parts.append(payload[start:])
    out = b""
    for place, part in enumerate(parts):
        flag = 0 if len(parts) == 1 else 1 if place == 0 else 3 if part is parts[-1] else 2
        out += MAGIC + struct.pack("<I", flag << 29 | len(part)) + part
        out += b"\0" * (-len(part) % 4)
    return out


def header(labels, key):
    if isinstance(labels, list):
        head = struct.pack("<IfQQ", len(labels), 0, key, 0)
        return head + struct.pack("<%df" % len(labels), *labels)
    return struct.pack("<IfQQ", 0, labels, key, 0)


def write(name, payloads):
    data, index = b"", ""
    for key, payload in enumerate(payloads):
        index += "%d\t%d\n" % (key, len(data))
        data += record(payload)
    (folder / "recordio" / (name + ".rec")).write_bytes(data)
    (folder / "recordio" / (name + ".idx")).write_text(index)


# InsightFace: five pictures of two people (three and two), one of which holds the magic word.
magical = picture(3)
magical = magical[:16] + MAGIC + magical[20:24] + MAGIC + MAGIC + magical[32:]
pictures = [picture(1), picture(2), magical, picture(4), picture(5, size=7)]
people = [0, 0, 0, 1, 1]
payloads = [header([6.0, 8.0], 0)]
# 24 bytes of header and 8 of two labels: the magic words stay at multiples of four.
payloads += [
    header([float(person), 0.0], key + 1) + data
    for key, (person, data) in enumerate(zip(people, pictures))
]
payloads += [header([1.0, 4.0], 6), header([4.0, 6.0], 7)]
write("train", payloads)
(folder / "recordio" / "property").write_text("2,112,112")

# im2rec: every record is a picture, its label the class.
write("plain", [header(label, key) + picture(key) for key, label in enumerate([7.0, 3.0, 7.0])])

# lfw.bin and the like: 11 pairs, so that the first fold has two.
faces = [picture(number, size=3) for number in range(22)]
same = [number % 3 != 1 for number in range(11)]
arrays = [numpy.frombuffer(face, dtype=numpy.uint8).copy() for face in faces]
for protocol in range(6):
    for name, content in [("bytes", faces), ("arrays", arrays)]:
        path = folder / "pickles" / ("%s-%d.bin" % (name, protocol))
        path.write_bytes(pickle.dumps((content, same), protocol))
(folder / "pickles" / "truths.bin").write_bytes(
    pickle.dumps((faces, numpy.array(same)), 4))
(folder / "pickles" / "scalars.bin").write_bytes(
    pickle.dumps([faces, [numpy.bool_(truth) for truth in same]], 4))
