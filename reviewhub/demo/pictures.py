"""Pictures for the demo, drawn: photos with EXIF, posts, page statistics, slides. Nothing is random twice."""

import io
import math
import random
import unicodedata
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

_INK, _SOFT, _GREEN, _LINE, _PAPER = "#21262d", "#6b7280", "#185a5a", "#e3e4e1", "#f6f6f3"
_TABLES = ("#8a5a3b", "#6f6f73", "#b58a5e", "#4f5d52", "#a67c6d", "#3f4a57")
_THINGS = ("#e8e4da", "#c9563c", "#e0b64d", "#4d7f91", "#7d9a55", "#d98a9a")
_WALLS = ("#cfd8d3", "#e6d5c3", "#b9c7d6", "#d9cfe0", "#c8d6ba", "#e2c9c0")


@cache
def still_life(variant: int, width: int = 960, height: int = 720) -> Image.Image:
    """A cup and its company on a table before a wall out of focus: what many posts look like."""
    dice = random.Random(f"still life {variant}")  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", (width, height), dice.choice(_WALLS))
    draw = ImageDraw.Draw(image, "RGBA")
    horizon = int(height * dice.uniform(0.48, 0.58))
    for _ in range(28):  # lights behind
        x, y, r = dice.randrange(width), dice.randrange(horizon), dice.randint(20, 75)
        tint = (255, dice.randint(190, 250), dice.randint(140, 220), dice.randint(40, 110))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tint)
    image = image.filter(ImageFilter.GaussianBlur(17))
    _table(image, horizon, dice.choice(_TABLES), dice)
    count = dice.randint(2, 4)
    places = [
        (
            int(width * (0.14 + 0.72 * (slot + dice.uniform(0.3, 0.7)) / count)),
            int(height * dice.uniform(0.6, 0.8)),
        )
        for slot in range(count)
    ]
    for place in sorted(places, key=lambda place: place[1]):  # what is nearer covers what is behind
        _pot(image, place, dice.randint(64, 105), dice)
    shade = Image.radial_gradient("L").resize((width, height)).point([v // 3 for v in range(256)])
    image.paste("black", mask=shade)
    return image


def _table(image: Image.Image, horizon: int, colour: str, dice: random.Random) -> None:
    height = image.height - horizon
    wood = Image.new("RGB", (image.width, height), colour)
    grain = ImageDraw.Draw(wood, "RGBA")
    y = 0
    while y < height:
        tone = dice.choice((0, 255))
        grain.rectangle(
            (0, y, image.width, y + dice.randint(1, 9)), fill=(tone, tone, tone, dice.randint(5, 22))
        )
        y += dice.randint(3, 18)
    light = (
        Image.linear_gradient("L")
        .resize((image.width, height))
        .point([90 - v * 90 // 255 for v in range(256)])
    )
    wood.paste("white", mask=light)
    image.paste(wood, (0, horizon))


def _pot(image: Image.Image, at: tuple[int, int], size: int, dice: random.Random) -> None:
    """A cup of coffee or a pot with a plant, seen from above its rim, lit from the left, with its shadow."""
    x, y = at
    colour, planted = dice.choice(_THINGS), dice.random() < 0.6  # noqa: PLR2004 - more plants than cups
    layer = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(layer)
    draw.ellipse((x - size, y + size // 2, x + int(size * 1.7), y + int(size * 1.25)), fill=(0, 0, 0, 110))
    layer = layer.filter(ImageFilter.GaussianBlur(size // 7))
    draw = ImageDraw.Draw(layer)
    rim = size * 2 // 5
    if not planted:
        draw.ellipse(
            (x + size // 2, y - size // 6, x + int(size * 1.35), y + size // 2),
            outline=colour,
            width=size // 8,
        )
    draw.polygon(
        [
            (x - size, y - size // 4),
            (x + size, y - size // 4),
            (x + int(size * 0.7), y + size),
            (x - int(size * 0.7), y + size),
        ],
        fill=colour,
    )
    draw.ellipse(
        (x - int(size * 0.7), y + size - rim // 2, x + int(size * 0.7), y + size + rim // 2), fill=colour
    )
    body = layer.getchannel("A").point([0] * 200 + [255] * 56)
    shade = Image.linear_gradient("L").rotate(90).resize((2 * size, 2 * size))
    tone = Image.new("L", image.size)
    tone.paste(shade, (x - size, y - size // 2))
    layer.paste(
        (0, 0, 0, 255),
        mask=Image.composite(tone.point([v * 2 // 5 for v in range(256)]), Image.new("L", image.size), body),
    )
    draw = ImageDraw.Draw(layer)
    draw.ellipse(
        (x - size, y - size // 4 - rim, x + size, y - size // 4 + rim),
        fill=colour,
        outline="#ffffff60",
        width=3,
    )
    inner = int(size * 0.86)
    draw.ellipse(
        (x - inner, y - size // 4 - int(rim * 0.82), x + inner, y - size // 4 + int(rim * 0.86)),
        fill="#3a2418",
    )
    if planted:
        _leaves(draw, (x, y - size // 4), size, dice)
    else:
        foam = (x - inner // 2, y - size // 4 - rim // 3, x + inner // 3, y - size // 4 + rim // 4)
        draw.ellipse(foam, fill="#8a5f3e")
    image.paste(layer, mask=layer.filter(ImageFilter.GaussianBlur(1)).getchannel("A"))


def _leaves(draw: ImageDraw.ImageDraw, root: tuple[int, int], size: int, dice: random.Random) -> None:
    x, y = root
    for _ in range(dice.randint(14, 22)):
        lean, length = dice.uniform(-1.1, 1.1), size * dice.uniform(0.9, 1.9)
        tip = (x + length * math.sin(lean), y - length * math.cos(lean))
        middle = (x + length * 0.55 * math.sin(lean * 0.6), y - length * 0.55 * math.cos(lean * 0.6))
        wide = size * dice.uniform(0.07, 0.16)
        green = f"#{dice.randint(50, 110):02x}{dice.randint(105, 165):02x}{dice.randint(60, 95):02x}"
        left, right = (middle[0] - wide, middle[1] - wide / 2), (middle[0] + wide, middle[1] + wide / 2)
        draw.polygon([(x, y), left, tip, right], fill=green)
        draw.line([(x, y), middle, tip], fill="#2f5a3a90", width=2)


def photo(variant: int, author: str) -> bytes:
    """A JPEG as a telephone makes it: with place, device and author in its EXIF."""
    tags = Image.Exif()
    tags[0x010E] = "IMG_2093"
    tags[0x010F], tags[0x0110] = "Pocketphone", "P7"
    tags[0x013B], tags[0x8298] = author, f"© {author}"
    tags[0x0132] = "2026:03:14 10:12:45"
    place = tags.get_ifd(0x8825)
    place[1], place[2] = "N", (42.0, 19.0, 50.0 + variant)
    place[3], place[4] = "W", (83.0, 2.0, 45.0 + variant)
    dice = random.Random(f"grain {variant}")  # noqa: S311 - a picture, not a secret
    grain = Image.frombytes("L", (1600, 1200), dice.randbytes(1600 * 1200)).convert("RGB")
    return _jpeg(Image.blend(still_life(variant).resize((1600, 1200)), grain, 0.03), exif=tags.tobytes())


def post(variant: int, number: int, account: str, text: str) -> bytes:
    """A screenshot of a post: account, picture, reactions, text."""
    card = Image.new("RGB", (720, 830), "white")
    draw = ImageDraw.Draw(card)
    draw.ellipse((28, 24, 80, 76), fill=_GREEN)
    draw.text((44, 31), account[0], fill="white", font=_font(32))
    draw.text((96, 26), _drawn(account), fill=_INK, font=_font(24))
    draw.text((96, 56), f"{number * 5 + 2} April · Public", fill=_SOFT, font=_font(17))
    left = 60 * (number % 3)
    scene = still_life((variant * 5 + number) % 12).crop((left, 80, left + 800, 680))
    card.paste(scene.resize((720, 540)), (0, 100))
    likes, answers = 23 + (variant * 17 + number * 31) % 140, (variant + number * 3) % 19
    said = f"{likes} likes   {answers} comments   {answers // 2 + 1} shares"
    draw.text((28, 658), said, fill=_SOFT, font=_font(19))
    draw.line((28, 694, 692, 694), fill=_LINE, width=2)
    _paragraph(draw, (28, 708), text, 664, 22)
    return _png(card)


def statistics(variant: int, title: str, wanted: str, goal: int) -> bytes:
    """A page's own statistics as they appear on a screen: three figures, reach by day, reach by post."""
    dice = random.Random(f"statistics {variant}")  # noqa: S311 - a picture, not a secret
    reach = [int(90 + 8 * day + dice.uniform(-50, 130)) for day in range(28)]
    page = Image.new("RGB", (1360, 900), _PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((48, 36), _drawn(title), fill=_INK, font=_font(34))
    draw.text((48, 82), "1 to 28 April · all posts", fill=_SOFT, font=_font(22))
    done = goal * (70 + variant * 7 % 55) // 100
    figures = (
        (f"{sum(reach):,}", "people reached"),
        (f"{sum(reach) // 19:,}", "link clicks"),
        (f"{done} of {goal}", wanted),
    )
    for at, (figure, name) in enumerate(figures):
        left = 48 + 428 * at
        draw.rounded_rectangle((left, 128, left + 404, 252), 14, fill="white", outline=_LINE, width=2)
        draw.text((left + 24, 144), figure, fill=_INK, font=_font(42))
        draw.text((left + 24, 204), _cut(_drawn(name), 34), fill=_SOFT, font=_font(21))
    _by_day(draw, (48, 280, 836, 860), reach)
    names = ("Photo", "Question", "Reel", "Link", "Paid post", "Thank you")
    _by_post(draw, (868, 280, 1308, 860), [(name, dice.randint(160, 1400)) for name in names])
    return _png(page)


def _by_day(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], values: Sequence[int]) -> None:
    left, top, right, bottom = box
    draw.rounded_rectangle(box, 14, fill="white", outline=_LINE, width=2)
    draw.text((left + 24, top + 18), "Reach by day", fill=_INK, font=_font(25))
    floor, most, step = bottom - 60, max(values), (right - left - 110) / (len(values) - 1)
    for part in range(5):
        y = floor - (floor - top - 90) * part / 4
        draw.line((left + 72, y, right - 30, y), fill=_LINE, width=2)
        draw.text((left + 20, y - 12), f"{most * part // 4}", fill=_SOFT, font=_font(18))
    line = [
        (left + 75 + step * at, floor - (floor - top - 90) * value / most) for at, value in enumerate(values)
    ]
    draw.polygon([(line[0][0], floor), *line, (line[-1][0], floor)], fill="#dceae6")
    draw.line(line, fill=_GREEN, width=5, joint="curve")
    for day in range(0, len(values), 7):
        draw.text((line[day][0] - 8, floor + 14), f"{day + 1} Apr", fill=_SOFT, font=_font(18))


def _by_post(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], values: Sequence[tuple[str, int]]
) -> None:
    left, top, right, _ = box
    draw.rounded_rectangle(box, 14, fill="white", outline=_LINE, width=2)
    draw.text((left + 24, top + 18), "Reach by post", fill=_INK, font=_font(25))
    most = max(value for _, value in values)
    for at, (name, value) in enumerate(values):
        y = top + 84 + 80 * at
        draw.text((left + 24, y), name, fill=_INK, font=_font(20))
        draw.text((right - 90, y), f"{value:,}", fill=_SOFT, font=_font(20))
        draw.rounded_rectangle((left + 24, y + 30, left + 24 + 390 * value / most, y + 48), 6, fill=_GREEN)


def slides(variant: int, lines: Sequence[str]) -> list[Image.Image]:
    """The pictures of a short video, 480 by 272, each with one line."""
    made = []
    for at, line in enumerate(lines):
        slide = still_life((variant + 4 * at) % 12).resize((480, 360)).crop((0, 44, 480, 316))
        draw = ImageDraw.Draw(slide, "RGBA")
        draw.rectangle((0, 196, 480, 272), fill=(20, 30, 30, 190))
        _paragraph(draw, (20, 206), line, 440, 24, "white")
        made.append(slide)
    return made


def _paragraph(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, width: int, size: int, fill: str = _INK
) -> None:
    x, y = at
    line = ""
    for word in [*_drawn(text).split(), ""]:
        longer = f"{line} {word}".strip()
        if word and draw.textlength(longer, font=_font(size)) <= width:
            line = longer
            continue
        draw.text((x, y), line, fill=fill, font=_font(size))
        y += size * 7 // 5
        line = word


def _drawn(text: str) -> str:
    """What the bundled font can draw: without accents and curved apostrophes."""
    return unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _jpeg(image: Image.Image, exif: bytes) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()
