"""A real MP4 from still pictures, with nothing but the standard library and Pillow.

H.264 has a kind of block that is stored as it is (I_PCM) and a kind of frame that repeats the one before
(P_Skip). That is all that a slide show needs: one stored frame a slide, some bytes for each repetition. Field
names are those of ITU-T H.264 (7.3) and of ISO/IEC 14496-12 and -15.
"""

import re
import struct
from collections.abc import Sequence

from PIL import Image

_MB = 16
_PER_SECOND = 10


def slide_show(slides: Sequence[Image.Image], seconds_each: int = 2) -> bytes:
    """An MP4 at ten frames a second. All slides have one size, whose sides are multiples of 16."""
    width, height = slides[0].size
    columns, rows = width // _MB, height // _MB
    samples: list[bytes] = []
    keys: list[int] = []
    for number, slide in enumerate(slides):
        keys.append(len(samples) + 1)
        samples.append(_sample(0x65, _stored_frame(slide, number)))
        samples.extend(
            _sample(0x41, _repeated_frame(columns * rows, frame))
            for frame in range(1, seconds_each * _PER_SECOND)
        )
    parameters = _sequence_parameters(columns, rows), _picture_parameters()
    return _container(samples, keys, parameters, width, height)


class _Bits:
    """Bits from the most significant on, with Exp-Golomb numbers."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def u(self, count: int, value: int) -> None:
        self._bits.append(f"{value:0{count}b}")

    def ue(self, *values: int) -> None:
        for value in values:
            code = f"{value + 1:b}"
            self._bits.append("0" * (len(code) - 1) + code)

    def aligned(self) -> bytes:
        text = "".join(self._bits)
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")

    def trailing(self) -> bytes:
        self._bits.append("1")
        return self.aligned()


def _sequence_parameters(columns: int, rows: int) -> bytes:
    bits = _Bits()
    for value in (66, 0xC0, 30):  # constrained baseline, level 3
        bits.u(8, value)
    bits.ue(0, 4, 2, 1)  # id; log2_max_frame_num - 4; order as decoded; one reference frame
    bits.u(1, 0)
    bits.ue(columns - 1, rows - 1)
    bits.u(4, 0b1100)  # frames only; direct_8x8_inference; no cropping; no usability information
    return b"\x67" + bits.trailing()


def _picture_parameters() -> bytes:
    bits = _Bits()
    bits.ue(0, 0)
    bits.u(2, 0)
    bits.ue(0, 0, 0)
    bits.u(3, 0)
    bits.ue(0, 0, 0)
    bits.u(3, 0b100)  # deblocking_filter_control_present
    return b"\x68" + bits.trailing()


def _stored_frame(slide: Image.Image, number: int) -> bytes:
    """An IDR slice in which every macroblock is I_PCM."""
    head = _Bits()
    head.ue(0, 7, 0)  # first_mb; all macroblocks are I; parameter set
    head.u(8, 0)  # frame_num
    head.ue(number % 2)  # idr_pic_id: two in a row differ
    head.u(2, 0)
    head.ue(0, 1)  # slice_qp_delta; no deblocking
    head.ue(25)  # the first macroblock's type: I_PCM
    planes = [_limited(plane) for plane in slide.convert("YCbCr").split()]
    planes[1:] = [plane.reduce(2) for plane in planes[1:]]
    out = bytearray(head.aligned())
    pcm = _Bits()
    pcm.ue(25)
    between = pcm.aligned()
    for top in range(0, slide.height, _MB):
        for left in range(0, slide.width, _MB):
            if top or left:
                out += between
            for plane, size in zip(planes, (_MB, _MB // 2, _MB // 2), strict=True):
                x, y = left * size // _MB, top * size // _MB
                out += plane.crop((x, y, x + size, y + size)).tobytes()
    return bytes(out) + b"\x80"


def _limited(plane: Image.Image) -> Image.Image:
    """Full range to video range; it also keeps zero bytes, which a stored block must not have, away."""
    return plane.point([16 + value * 219 // 255 for value in range(256)])


def _repeated_frame(blocks: int, frame: int) -> bytes:
    """A P slice that skips every macroblock: the picture before, again."""
    bits = _Bits()
    bits.ue(0, 5, 0)
    bits.u(8, frame % 256)
    bits.u(3, 0)  # no reference override, no list modification, sliding window
    bits.ue(0, 1, blocks)
    return bits.trailing()


def _sample(header: int, payload: bytes) -> bytes:
    """A NAL unit with its length; 03 goes where the payload could look like a start code."""
    safe = re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", payload)
    return struct.pack(">IB", len(safe) + 1, header) + safe


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _full(kind: bytes, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", flags), *parts)


def _container(
    samples: Sequence[bytes], keys: Sequence[int], parameters: tuple[bytes, bytes], width: int, height: int
) -> bytes:
    kind = _box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41")
    # the film's index comes first, so that it can begin before all of it is there; its length is known
    # only when it is written, and does not depend on the offset in it
    index = _index(samples, keys, parameters, (width, height), 0)
    index = _index(samples, keys, parameters, (width, height), len(kind) + len(index) + 8)
    return kind + index + _box(b"mdat", *samples)


def _index(
    samples: Sequence[bytes],
    keys: Sequence[int],
    parameters: tuple[bytes, bytes],
    size: tuple[int, int],
    offset: int,
) -> bytes:
    count, (width, height) = len(samples), size
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    movie = struct.pack(">4IIH10x", 0, 0, _PER_SECOND, count, 0x10000, 0x100) + matrix
    track = struct.pack(">5I16x", 0, 0, 1, 0, count) + matrix + struct.pack(">II", width << 16, height << 16)
    first, second = parameters
    config = struct.pack(">5BBH", 1, *first[1:4], 0xFF, 0xE1, len(first)) + first
    config += struct.pack(">BH", 1, len(second)) + second
    entry = struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1)
    table = _box(
        b"stbl",
        _full(b"stsd", 0, struct.pack(">I", 1), _box(b"avc1", entry, _box(b"avcC", config))),
        _full(b"stts", 0, struct.pack(">III", 1, count, 1)),
        _full(b"stss", 0, struct.pack(f">I{len(keys)}I", len(keys), *keys)),
        _full(b"stsc", 0, struct.pack(">IIII", 1, 1, count, 1)),
        _full(b"stsz", 0, struct.pack(f">II{count}I", 0, count, *map(len, samples))),
        _full(b"stco", 0, struct.pack(">II", 1, offset)),
    )
    reference = _box(b"dinf", _full(b"dref", 0, struct.pack(">I", 1), _full(b"url ", 1)))
    media = _box(
        b"mdia",
        _full(b"mdhd", 0, struct.pack(">4IHH", 0, 0, _PER_SECOND, count, 0x55C4, 0)),
        _full(b"hdlr", 0, struct.pack(">I4s12x", 0, b"vide"), b"Video\x00"),
        _box(b"minf", _full(b"vmhd", 1, bytes(8)), reference, table),
    )
    return _box(
        b"moov",
        _full(b"mvhd", 0, movie, bytes(24), struct.pack(">I", 2)),
        _box(b"trak", _full(b"tkhd", 3, track), media),
    )
