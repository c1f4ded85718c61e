"""Writes pil.json: what PIL makes of a small picture, for the tests of images and colour.

Run with Pillow installed (made with 13.0): python make_goldens.py
"""

import base64
import io
import json
import pathlib
import random

from PIL import Image, ImageEnhance

WIDTH, HEIGHT = 13, 9
generator = random.Random(5)


def flat(image):
    return list(image.tobytes())


def resized(source, width, height, box=None):
    cut = source.crop(box) if box else source
    pixels = flat(cut.resize((width, height), Image.BILINEAR))
    return {"box": box or [0, 0, WIDTH, HEIGHT], "width": width, "height": height, "pixels": pixels}


def hue_shifted(source, turns):
    """torchvision's adjust_hue on a PIL picture."""
    hue, saturation, value = source.convert("HSV").split()
    hue = hue.point(lambda old: (old + int(turns * 255)) % 256)
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")


def encoded(name, image, form, **options):
    """A file as base64 with the pixels that PIL reads from it."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    seen = Image.open(io.BytesIO(buffer.getvalue()))
    if seen.mode.startswith("I"):  # 16 bits: PIL's own conversion to RGB clips them
        seen = seen.point(lambda value: value / 257).convert("L")
    return {
        "name": name,
        "file": base64.b64encode(buffer.getvalue()).decode(),
        "width": image.width,
        "height": image.height,
        "pixels": flat(seen.convert("RGB")),
    }


# A smooth picture with noise: both gradients and edges.
source = Image.new("RGB", (WIDTH, HEIGHT))
for y in range(HEIGHT):
    for x in range(WIDTH):
        base = (20 * x, 25 * y, 255 - 9 * (x + y))
        noise = [generator.randint(-40, 40) for _ in range(3)]
        source.putpixel((x, y), tuple(max(0, min(255, b + n)) for b, n in zip(base, noise)))

sizes = [(13, 9), (5, 4), (26, 18), (7, 30), (64, 3), (1, 1)]
with_alpha = source.copy()
with_alpha.putalpha(source.convert("L"))
sixteen = Image.new("I;16", (4, 2))
for index in range(8):
    sixteen.putpixel((index % 4, index // 4), index * 8224)
palette = source.quantize(16)
files = [
    encoded("png rgb", source, "PNG"),
    encoded("png rgba", with_alpha, "PNG"),
    encoded("png grey and alpha", with_alpha.convert("LA"), "PNG"),
    encoded("png 1 bit", source.convert("1"), "PNG"),
    encoded("png palette", palette, "PNG", bits=4, transparency=3),
    encoded("png 16 bit grey", sixteen, "PNG"),
    encoded("jpeg rgb", source, "JPEG", quality=95, subsampling=0),
    encoded("jpeg grey", source.convert("L"), "JPEG", quality=95),
    encoded("jpeg progressive", source, "JPEG", quality=95, progressive=True),
    encoded("jpeg cmyk", source.convert("CMYK"), "JPEG", quality=95),
    encoded("ppm", source, "PPM"),
    encoded("pgm", source.convert("L"), "PPM"),
]
goldens = {
    "files": files,
    "width": WIDTH,
    "height": HEIGHT,
    "pixels": flat(source),
    "resized": [resized(source, *size) for size in sizes]
    + [resized(source, 8, 8, (3, 2, 9, 8)), resized(source, 3, 2, (1, 0, 12, 9))],
    "brightness": flat(ImageEnhance.Brightness(source).enhance(1.6)),
    "contrast": flat(ImageEnhance.Contrast(source).enhance(0.4)),
    "saturation": flat(ImageEnhance.Color(source).enhance(1.7)),
    "gray": flat(source.convert("L").convert("RGB")),
    "hues": [[turns, flat(hue_shifted(source, turns))] for turns in (-0.5, -0.2, 0.1, 0.2, 0.4)],
}
target = pathlib.Path(__file__).with_name("pil.json")
target.write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
