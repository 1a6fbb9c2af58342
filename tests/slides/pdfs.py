"""Small PDFs, written by hand: as much of the format as the tests need."""

import hashlib


def pdf(*pages: str, size: tuple[float, float] = (960, 540), extra: bytes = b"", noise: int = 0) -> bytes:
    """A page with a line of text for each of `pages`. `noise`: bytes of each page's own random picture."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT]
    kids = []
    for number, text in enumerate(pages):
        written = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
        content = b"BT /F1 48 Tf 60 %d Td (%s) Tj ET" % (max(10, size[1] / 2), written)
        resources = b"<< /Font << /F1 3 0 R >> >>"
        if noise:
            objects.append(_picture(noise, number))
            resources = b"<< /Font << /F1 3 0 R >> /XObject << /I %d 0 R >> >>" % len(objects)
            content = b"q %g 0 0 %g 0 0 cm /I Do Q " % size + content
        objects.append(_stream(b"", content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Resources %s /Contents %d 0 R >>"
            % (*size, resources, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects, extra)


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def _stream(head: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content)


def _picture(side: int, seed: int) -> bytes:
    """Pixels without any order, which nothing makes smaller."""
    wanted = side * side * 3
    pieces = (hashlib.sha512(b"%d.%d" % (seed, n)).digest() for n in range(wanted // 64 + 1))
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8" % (
        side,
        side,
    )
    return _stream(head, b"".join(pieces)[:wanted])


def _file(objects: list[bytes], extra: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, table)
    return bytes(out)


def locked() -> bytes:
    """It says that it is locked with a password, and none of ours opens it."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    secret = b"00" * 32
    objects.append(b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (secret, secret))
    return _file(objects, b"/Encrypt 3 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]")


def broken() -> bytes:
    return b"%PDF-1.4\n" + bytes(range(256)) * 20
