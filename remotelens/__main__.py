"""``python -m remotelens``: the same as the `remotelens` command."""

from __future__ import annotations

from remotelens.cli.main import main

if __name__ == "__main__":
    main()
