"""Pictures, drawn anew: no EXIF, no colour profile, no hidden trailer; upright; 2400 pixels at most."""

import io
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageCms, UnidentifiedImageError

from reviewhub.host.sandbox.rendition import CannotConvert, Page, Rendition

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
LONGEST = 2400
MOST_PIXELS = 100_000_000
_LARGEST_PNG = 3 * 1024 * 1024
_QUALITY = 88
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# Between one and two times the limit Pillow only warns; here the limit is the limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def picture(path: Path, folder: Path) -> Rendition:
    """One clean picture; of an animation the first frame."""
    try:
        with Image.open(path, formats=FORMATS) as original:
            frames = int(getattr(original, "n_frames", 1))
            kind = original.format or ""
            drawn = _drawn_anew(original)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CannotConvert(
            f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. "
            "Save it smaller and send it again."
        ) from None
    except UnidentifiedImageError:
        raise CannotConvert("The picture cannot be opened: it is damaged or of an unknown format.") from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, LookupError, TypeError, struct.error):
        # Pillow's readers raise all of these on damaged files.
        raise CannotConvert("The picture is damaged: it cannot be read to its end.") from None
    name, media_type = _save(drawn, folder, photo=kind in {"JPEG", "MPO", "WEBP", "TIFF"})
    # An MPO is a photo whose second picture is a preview that the camera made: nothing is missing.
    note = (
        f"Only the first of {frames:,} pictures in the file is shown." if frames > 1 and kind != "MPO" else ""
    )
    return Rendition((Page(name, media_type, "image", drawn.width, drawn.height),), note)


def _drawn_anew(original: Image.Image) -> Image.Image:
    """The pixels alone: small enough, upright, on white, in sRGB, in an image that never knew the file."""
    profile = original.info.get("icc_profile")
    turn = _TURNS.get(_orientation(original))
    # Indexed and two-colour pictures become blurred rubble when they are scaled as they are.
    if original.mode in {"P", "PA", "1"} or "transparency" in original.info:
        original = original.convert("RGBA")
    original.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = _in_srgb(original, profile)
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=pixels.getchannel("A") if "A" in pixels.getbands() else None)
    return clean.transpose(turn) if turn is not None else clean


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """RGB or RGBA with sRGB's colours. A profile that makes no sense is as good as none."""
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(image)
    if isinstance(profile, bytes) and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGBA" if image.mode in {"RGBA", "LA", "La", "RGBa"} else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen-bit grey scaled to eight; Pillow alone would cut it off at white."""
    lowest, highest = image.convert("F").getextrema()
    assert isinstance(lowest, float)
    assert isinstance(highest, float)
    top = 65535.0 if highest > 255 else 255.0  # noqa: PLR2004 - the largest value of eight bits
    return image.convert("F").point(lambda value: value * (255.0 / top)).convert("L").convert("RGB")


def _orientation(original: Image.Image) -> int:
    """How the camera was held (EXIF's tag 0x0112, 1 to 8); 1 where the tag is damaged or missing."""
    try:
        value = original.getexif().get(0x0112, 1)
    except (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, struct.error):
        return 1
    return value if isinstance(value, int) else 1


def _save(image: Image.Image, folder: Path, *, photo: bool) -> tuple[str, str]:
    """PNG for what was drawn on a screen, JPEG for photos and for what would be a huge PNG."""
    if not photo:
        target = folder / "picture.png"
        image.save(target, "PNG", compress_level=6)
        if target.stat().st_size <= _LARGEST_PNG:
            return target.name, "image/png"
        target.unlink()
    target = folder / "picture.jpg"
    image.save(target, "JPEG", quality=_QUALITY, progressive=True)
    return target.name, "image/jpeg"
