"""Writes Goldens/videos: small clips whose frame k shows its number.

Frame k of 40 is grey 20 + 5k with a red patch at the top left and a blue one at the bottom right.
Run in this folder with PyAV and NumPy: python3 make_videos.py
"""
from fractions import Fraction

import av
import numpy as np

WIDTH, HEIGHT, COUNT = 64, 48, 40


def picture(k):
    image = np.full((HEIGHT, WIDTH, 3), 20 + 5 * k, np.uint8)
    image[:16, :16] = (220, 30, 30)
    image[-16:, -16:] = (30, 30, 220)
    return image


def write(name, codec, options, rate=25, count=COUNT, hd=False, skip=()):
    with av.open(f"videos/{name}", "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate)
        if hd:
            stream.codec_context.colorspace = 1
        for k in range(count):
            if k in skip:
                continue
            frame = av.VideoFrame.from_ndarray(picture(k), format="rgb24")
            if hd:
                frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = k, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


# B-frames: the order of decoding is not that of presentation; a key frame every 12.
x264 = {"crf": "8", "g": "12", "bf": "3", "b-adapt": "0", "sc_threshold": "0", "threads": "1"}
write("clip.mp4", "libx264", x264)
write("clip.avi", "mpeg4", {"q": "2", "g": "12", "flags": "qscale", "global_quality": "236"}, 10)
write("gaps.mp4", "libx264", x264, skip=range(10, 20))
write("hd.mp4", "libx264", x264, count=6, hd=True)
