"""Writes the pages: `.dev/environment/bin/python -m documentation`, after a change of the template or of its table."""

from documentation.pages import pages


def main() -> None:
    """Write every page that is made, as a whole or in part."""
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
