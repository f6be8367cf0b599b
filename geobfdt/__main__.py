"""``python -m geobfdt`` is ``geobfdt``."""

from geobfdt.cli import main

if __name__ == "__main__":
    main()
