"""Images: checked by content, scaled down to what models use, and stripped of metadata."""

import io
import threading

from PIL import Image, ImageOps

from chat import settings
from chat.conversation.attachments import Attachment, RefusedError

SUFFIXES = ("gif", "jpeg", "jpg", "png", "webp")
FORMATS = ("GIF", "JPEG", "PNG", "WEBP")
# Tried in turn until an image is small enough: the longer side in pixels, and JPEG's quality.
STEPS = ((settings.IMAGE_SIDE, 85), (settings.IMAGE_SIDE, 60), (settings.IMAGE_SIDE // 2, 60), (512, 40))

_opening = threading.Lock()  # one image at a time: each takes memory for all its pixels


def read_image(name: str, data: bytes) -> Attachment:
    """The attachment for an image.

    Raises:
        RefusedError: if it is not an image, or too large to open.
    """
    try:
        image, is_photo = opened(data)
        kind, image_data = encoded(image, is_photo)
    except Image.DecompressionBombError as error:
        raise RefusedError(
            f"{name} has more than {settings.IMAGE_MEGAPIXELS} megapixels. Send a smaller copy of it."
        ) from error
    except Exception as error:  # whatever Pillow raises for other files
        raise RefusedError(f"{name} is damaged, or not an image. Send a PNG, JPEG, WebP or GIF file.") from error
    return Attachment(name, kind, len(data), image_data)


def opened(data: bytes) -> tuple[Image.Image, bool]:
    """The picture in a file, upright and with its longer side scaled down, and whether it was a JPEG.

    Raises:
        Image.DecompressionBombError: if it has too many pixels.
        Exception: whatever Pillow raises if it is not an image, or damaged.
    """
    size = (settings.IMAGE_SIDE, settings.IMAGE_SIDE)
    with _opening, Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.draft("RGB", size)  # decodes a large JPEG at a fraction of its size
        if image.width * image.height > settings.IMAGE_MEGAPIXELS * 1_000_000:
            raise Image.DecompressionBombError
        mode = "RGBA" if image.has_transparency_data else "RGB"
        picture = image if image.mode == mode else image.convert(mode)
        picture.thumbnail(size)  # before turning it, which makes a copy
        picture = ImageOps.exif_transpose(picture)
        picture.info.clear()  # metadata, such as where it was taken
        return picture, image.format == "JPEG"


def encoded(image: Image.Image, is_photo: bool) -> tuple[str, bytes]:
    """The media type and the data of a picture: as a PNG, unless that is too large or it was a JPEG."""
    if not is_photo:
        data = saved(image, "PNG")
        if len(data) <= settings.IMAGE_BYTES:
            return "image/png", data
        on_white = Image.new("RGB", image.size, "white")
        on_white.paste(image, mask=image if image.mode == "RGBA" else None)
        image = on_white
    data = b""
    for side, quality in STEPS:
        image.thumbnail((side, side))
        data = saved(image, "JPEG", quality=quality)
        if len(data) <= settings.IMAGE_BYTES:
            break
    return "image/jpeg", data


def saved(image: Image.Image, kind: str, **options: int) -> bytes:
    """The data of an image in this format."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
