"""The parsing process of kit/rows with one guard taken away, for the mutants of F02."""

import sys

from kit.rows import child, limits, ooxml


def main():
    """argv[1] says which guard is missing."""
    missing = sys.argv[1]
    if missing == "no limit of memory":
        child.restrict = lambda: None
    elif missing == "no limit of cells":
        limits.CELL_CHARS = limits.LINE_CHARS
    elif missing == "entities are welcome":
        ooxml.refuse = lambda *declaration: None
    child.main()


if __name__ == "__main__":
    main()
