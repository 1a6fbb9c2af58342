"""Markdown that people write, as HTML that a page may hold: paragraphs, lists, emphasis, links and headings, nothing else.

What is drawn is cleaned once more, by another library than the one that drew it. Headings begin at the third level,
since each text stands under a heading of the page's own.
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "a", "strong", "em", "ul", "ol", "li", "h3", "h4", "br", "hr", "blockquote", "code"}
LEVELS = {"h1": "h3", "h2": "h4", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}
SCHEMES = {"http", "https", "mailto", "tel"}

# A line that ends is a line that ends: people who write do not leave two spaces after it.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block", "html_inline"])


@lru_cache(maxsize=512)
def html(text: str) -> Markup:
    """The text as safe HTML; the same text is drawn once. Links lead anywhere on the web, and take no window along."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = LEVELS[token.tag]
    drawn = str(_markdown.renderer.render(tokens, _markdown.options, {}))
    return Markup(
        nh3.clean(drawn, tags=TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes=SCHEMES, link_rel="noopener")
    )


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """The words alone, on one line: for what a link says of a page before it is opened."""
    said: list[str] = []
    for token in _markdown.parse(text):
        for child in token.children or ():
            if child.type in ("text", "code_inline"):
                said.append(child.content)
            elif child.type in ("softbreak", "hardbreak"):
                said.append(" ")
        if token.type == "inline":
            said.append(" ")
    return " ".join("".join(said).split())
