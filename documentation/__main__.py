"""Generates the pages: run `.dev/environment/bin/python -m documentation` after the template or a table changes."""

from documentation.pages import pages


def main() -> None:
    """Write every page that is generated, in whole or in part."""
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
