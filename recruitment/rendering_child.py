"""Draws one page of a PDF: bytes come in, a PNG goes out; it imports nothing of ours."""

import io
import resource
import sys

import pypdfium2


def main() -> None:
    """Draw the page that the arguments name: page, width, seconds, bytes of memory."""
    page, width, seconds, memory = (int(one) for one in sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    sheet = document[page - 1]
    drawn = sheet.render(scale=width / sheet.get_width(), draw_annots=True)
    png = io.BytesIO()
    drawn.to_pil().save(png, format="PNG", compress_level=4)
    sys.stdout.buffer.write(png.getvalue())


if __name__ == "__main__":
    main()
