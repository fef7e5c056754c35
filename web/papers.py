"""Papers page by page: a picture that runs nothing, and its text for who cannot see it."""

from flask import Response
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from recruitment import papers
from recruitment.rendering import picture
from web.pages import Pages

pages = Pages("papers", __name__)
#: A page of a paper never changes; the reader's own browser may keep it, nobody else's.
_KEPT = "private, max-age=3600, immutable"


@pages.get("/papers/<document>/pages/<int:page>.png")
def page_picture(document: str, page: int) -> Response:
    """Return a page as a picture. The reading is recorded."""
    with acting() as act:
        row = papers.open_paper(act, document, f"page {page} of a document")
        content = bytes(row["content"])
    return picture_of(content, page)


@pages.get("/papers/<document>/pages/<int:page>/text")
def page_text(document: str, page: int) -> ResponseReturnValue:
    """Return the text of a page. The reading is recorded."""
    with acting() as act:
        row = papers.open_paper(act, document, f"text of page {page} of a document")
        text = papers.text_of(bytes(row["content"]), page)
    return render("paper_text.html", text=text)


def picture_of(content: bytes, page: int) -> Response:
    """Answer with a page of a file as a picture that the reader's browser may keep."""
    return Response(
        picture(content, page), content_type="image/png", headers={"Cache-Control": _KEPT}
    )
