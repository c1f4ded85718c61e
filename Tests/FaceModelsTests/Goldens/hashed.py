"""Numbers that need not be stored: a formula that Goldens.swift repeats."""
import numpy
import torch


def seed_of(name):
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    return h


def hashed(shape, name):
    """Values in [-1, 1): a hash of the index, exact in Python and Swift."""
    count = int(numpy.prod(shape)) if len(shape) else 1
    h = (numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(2654435761)
         + numpy.uint32(seed_of(name)))
    h ^= h >> numpy.uint32(16)
    h = h * numpy.uint32(0x85EBCA6B)
    h ^= h >> numpy.uint32(13)
    u = (h >> numpy.uint32(8)).astype(numpy.float64) / 8388608 - 1
    return torch.from_numpy(u).reshape(list(shape))


def flat(t):
    return t.detach().double().flatten().tolist()
