"""Writes the small MATLAB files of the tests: invented faces, no real ones.

    python3 -m venv v && v/bin/pip install numpy scipy h5py && v/bin/python make_mat_files.py

Seven faces' points are drawn by `point(face, k)`, so that the tests can compute what they expect.
"""

import os
import struct
import zlib

import h5py
import numpy as np
import scipy.io

HERE = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


def point(face, k):
    """Point k of a face, in the file's own coordinates."""
    return 10.0 + 5 * face + 3 * (k % 7) + 0.25 * k, 12.0 + 2 * face + 4 * (k // 7) + 0.5


def values():
    """One variable of each kind that the reader knows."""
    nested = np.array([(1.5, "inner")], dtype=[("number", "O"), ("word", "O")])
    cells = np.empty((1, 3), dtype=object)
    cells[0, 0], cells[0, 1], cells[0, 2] = np.array([[1.0, 2.0]]), "two", np.zeros((0, 0))
    return {
        "doubles": np.arange(6, dtype=np.float64).reshape(2, 3) / 4,
        "singles": np.array([[1.5], [-2.5]], dtype=np.float32),
        "bytes": np.array([[0, 255], [7, 8]], dtype=np.uint8),
        "shorts": np.array([[-3, 300]], dtype=np.int16),
        "words": np.array([[70000, 4]], dtype=np.uint32),
        "flags": np.array([[True, False, True]]),
        "complexes": np.array([[1 + 2j, 3 - 4j]]),
        "text": "façade",
        "cells": cells,
        "record": nested,
        "empty": np.zeros((0, 4)),
    }


def aflw19():
    count = 7
    data = np.array([[point(f, k)[0] for k in range(19)] + [point(f, k)[1] for k in range(19)]
                     for f in range(count)])
    mask = np.ones((count, 19))
    mask[2, 5] = mask[3, 0] = 0
    names = np.empty((count, 1), dtype=object)
    for f in range(count):
        names[f, 0] = f"{(0, 2, 3)[f % 3]}/image{f:05d}.jpg"
    bbox = np.array([[8 + 5 * f, 60 + 5 * f, 10 + 2 * f, 40 + 2 * f] for f in range(count)], float)
    return {"bbox": bbox, "data": data, "mask_new": mask, "nameList": names,
            "ra": np.array([[3, 1, 7, 5, 2, 6, 4]], dtype=np.float64)}


def three_hundred_w_lp():
    pose = np.array([[0.1, -0.5, 0.2, 30, 40, -50, 0.001]], dtype=np.float32)
    x, y = np.array([point(0, k) for k in range(68)]).T
    return {"pt2d": np.array([x, y]), "roi": np.array([[1, 2, 90, 91]], dtype=np.int16),
            "Illum_Para": np.arange(10.0)[None], "Color_Para": np.ones((1, 7), np.float32),
            "Tex_Para": np.arange(199.0)[:, None], "Shape_Para": np.arange(199.0)[:, None] * 10,
            "Exp_Para": np.arange(29.0)[:, None] / 8, "Pose_Para": pose}


def aflw2000():
    variables = three_hundred_w_lp()
    x, y = np.array([point(1, k) for k in range(68)]).T
    variables["pt2d"] = np.array([x[:21], np.where(np.arange(21) == 4, -1, y[:21])])
    variables["pt3d_68"] = np.array([x, y, np.arange(68) - 30.0], dtype=np.float32)
    return variables


def matlab_file(name):
    """An HDF5 file with the block of 512 bytes that makes it MATLAB's version 7.3."""
    return h5py.File(path(name), "w", userblock_size=512, libver=("earliest", "v108"))


def sign(name):
    header = b"MATLAB 7.3 MAT-file, Platform: none, written by make_mat_files.py HDF5 schema 1.00 ."
    with open(path(name), "r+b") as file:
        file.write(header.ljust(116) + bytes(8) + b"\x00\x02IM")


def dataset(group, name, array, kind):
    made = group.create_dataset(name, data=array)
    # As MATLAB writes it: a string of C without room for the zero.
    string = h5py.h5t.C_S1.copy()
    string.set_size(len(kind))
    space = h5py.h5s.create(h5py.h5s.SCALAR)
    attribute = h5py.h5a.create(made.id, b"MATLAB_class", string, space)
    attribute.write(np.array(kind.encode(), dtype=f"S{len(kind)}"), mtype=string)
    return made


def cofw(name, suffix):
    """Five pictures, one of them grey, with a bright pixel under the first point."""
    count = 5
    with matlab_file(name) as file:
        refs = file.create_group("#refs#")
        references = np.empty((1, count), dtype=h5py.ref_dtype)
        phis = np.zeros((87, count))
        for f in range(count):
            height, width = 64 + f, 80
            picture = np.full((height, width, 3), 20 + f, dtype=np.uint8)
            for k in range(29):
                phis[k, f], phis[29 + k, f] = np.round(point(f, k))
            phis[58 + f, f] = 1
            # MATLAB counts from 1.
            picture[int(phis[29, f]) - 1, int(phis[0, f]) - 1] = (250, 100, 50)
            # HDF5's axes are MATLAB's in reverse.
            stored = picture[:, :, 0].T if f == 3 else picture.transpose(2, 1, 0)
            references[0, f] = dataset(refs, f"p{f}", stored, "uint8").ref
        dataset(file, "Is" + suffix, references, "cell")
        dataset(file, "phis" + suffix, phis, "double")
        dataset(file, "bboxes" + suffix,
                np.array([[9.0 + 5 * f, 11, 40, 35] for f in range(count)]).T, "double")
    sign(name)


def values73():
    with matlab_file("values73.mat") as file:
        dataset(file, "doubles", (np.arange(6, dtype=np.float64).reshape(2, 3) / 4).T, "double")
        dataset(file, "bytes", np.array([[0, 255], [7, 8]], dtype=np.uint8).T, "uint8")
        text = dataset(file, "text", np.array([[ord(c)] for c in "face"], dtype=np.uint16), "char")
        text.attrs["MATLAB_int_decode"] = np.int32(2)
    sign("values73.mat")


def png(width, height, color):
    """A picture of one colour."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = (b"\0" + bytes(color) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def pictures():
    """The HDF5 files of the paper's pre-training code."""
    with h5py.File(path("pictures.h5"), "w") as file:
        images = file.create_dataset("images", (4,), dtype=h5py.vlen_dtype(np.uint8))
        for row in range(4):
            images[row] = np.frombuffer(png(8 + row, 6, (10 * row, 2, 3)), dtype=np.uint8)
        file["foldernames"] = np.array(["n02", "n01", "n02", "n03"], dtype=object)
        file["unique_foldernames"] = np.array(["n01", "n02", "n03"], dtype=object)


def main():
    pictures()
    scipy.io.savemat(path("values.mat"), values(), do_compression=False)
    scipy.io.savemat(path("values_compressed.mat"), values(), do_compression=True)
    scipy.io.savemat(path("aflw19.mat"), aflw19(), do_compression=True)
    scipy.io.savemat(path("300w_lp.mat"), three_hundred_w_lp(), do_compression=True)
    scipy.io.savemat(path("aflw2000.mat"), aflw2000(), do_compression=True)
    values73()
    cofw("COFW_train_color.mat", "Tr")
    cofw("COFW_test_color.mat", "T")


main()
