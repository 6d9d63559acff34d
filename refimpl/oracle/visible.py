"""Text from a peer or a file, made safe to print."""


def visible(text: str) -> str:
    """Return text with a mark in place of what would steer the terminal, and of halves of characters."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def one_line(error: BaseException) -> str:
    """Return the message of an error without line breaks, safe to print and shortened."""
    try:
        text = str(error)
    except Exception:  # an error may be as odd as the program that raised it
        text = "an error without a message"
    return visible(" ".join(text.split()))[:300]
