"""Draws the pages of a PDF, in a process of its own: `python drawing.py <pdf> <folder> <pages at most> <first page>`.

A PDF is somebody's program for somebody else's machine, and the library that runs it is written in C. So this process
knows nothing of ours, may use only so much memory and time, and is ended by whoever started it (render.py). What it has
to say are lines of JSON: {"pages": n} or {"error": word}, then {"number", "file", "width", "height", "text"} for each
page as soon as its image lies in the folder.
"""

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any

WIDE, HIGH = 1280, 1600  # pixels that a page may fill at most: the width of reading on a laptop
BYTES = 80_000  # of an image: a page a minute is then 11 kbit/s
QUALITIES = (82, 70, 58, 45, 32)
SMALLER = (1.0, 0.8, 0.64, 0.5, 0.35, 0.2)
MEMORY = 2 << 30
SECONDS = 900  # of the processor
LETTERS = 20_000  # read of a page's text
LOCKED = (4, 5)  # PDFium's codes: a password is asked for, or a way of locking that it does not know


def main(pdf: str, folder: str, most: int, first: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in draw(pdf, folder, most, first):
        print(json.dumps(line), flush=True)


def draw(pdf: str, folder: str, most: int, first: int) -> Iterator[dict[str, Any]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
        pages = len(document)
    except (pypdfium2.PdfiumError, MemoryError) as error:
        yield {"error": "encrypted_pdf" if getattr(error, "err_code", None) in LOCKED else "broken_pdf"}
        return
    if not 0 < pages <= most:
        yield {"error": "too_many_pages" if pages else "no_pages"}
        return
    yield {"pages": pages}
    for number in range(first, pages + 1):
        try:
            page = document[number - 1]
            image = _image(page)
            text = _text(page)
            page.close()
        except (pypdfium2.PdfiumError, MemoryError, ValueError, OSError):
            yield {"error": "broken_pdf"}
            return
        content, width, height = _small(image)
        file = os.path.join(folder, f"{number}.webp")
        with open(file, "xb") as f:
            f.write(content)
        yield {"number": number, "file": file, "width": width, "height": height, "text": text}


def _image(page: Any) -> Any:
    """As large as it may be, whatever size the page says it has."""
    width, height = (max(1.0, side) for side in page.get_size())
    return page.render(scale=min(WIDE / width, HIGH / height), may_draw_forms=False).to_pil().convert("RGB")


def _text(page: Any) -> str:
    words = page.get_textpage()
    return str(words.get_text_range(0, min(words.count_chars(), LETTERS), errors="ignore"))


def _small(image: Any) -> tuple[bytes, int, int]:
    """As good as fits in BYTES: first it may lose quality, then size."""
    for share in SMALLER:
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        scaled = image if size == image.size else image.resize(size)
        if len(content := _webp(scaled, QUALITIES[-1])) > BYTES:
            continue
        for quality in QUALITIES[:-1]:
            if len(better := _webp(scaled, quality)) <= BYTES:
                return better, *size
        return content, *size
    return content, *size


def _webp(image: Any, quality: int) -> bytes:
    kept = io.BytesIO()
    image.save(kept, "WEBP", quality=quality, method=4)
    return kept.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
