"""The documentation: `make docs` builds it, warnings being errors, and runs every example of the gallery.

What stands in Markdown is read by MyST, what stands in docstrings by autodoc, and `gallery/plot_*.py` is run by
sphinx-gallery, whose pictures and notebooks land in `docs/examples/`, which is not kept.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

# One thread, as the examples are small, and no picture from the machine that builds.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

sys.path.insert(0, str(Path(__file__).parent / "building"))

import geobfdt

project = "geobfdt"
author = "The geobfdt developers"
copyright = "2026, the geobfdt developers"
version = release = geobfdt.__version__

extensions = [
    "house_style",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "scratch", "studies/*.md", "studies/tried/*.md", "gallery", "README.md"]
suppress_warnings = ["config.cache"]

html_theme = "furo"
html_title = f"geobfdt {release}"
html_static_path = ["_static"]
html_css_files = ["geobfdt.css"]
html_show_sphinx = False
html_show_sourcelink = True
myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}
autodoc_type_aliases = {name: name for name in ("ArrayLike", "DTypeLike", "Floats")}
# Where only the type checker imports it, its bare name would lead to two places.
autodoc_type_aliases["Counts"] = "geobfdt.eval.metrics.Counts"
python_maximum_signature_line_length = 88
add_module_names = False
default_role = "code"
nitpicky = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "filename_pattern": r"plot_",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "show_memory": False,
    "write_computation_times": False,
    "show_signature": False,
    "download_all_examples": True,
    "reference_url": {"geobfdt": None},
    "backreferences_dir": None,
    "min_reported_time": 1000,
    "image_scrapers": ("house_style.figures",),
    "capture_repr": ("_repr_html_",),
    "ignore_repr_types": r"matplotlib",
    "plot_gallery": "True",
}

# torch compiles nothing here, and matplotlib is told what fonts there are: neither is news to a reader.
warnings.filterwarnings("ignore", category=DeprecationWarning)
