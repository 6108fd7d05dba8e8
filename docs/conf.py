"""How the documentation is built: sphinx-build -W -b html docs docs/_build/html."""

import sys
from pathlib import Path

import hengdian_index

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from offline import MATHJAX, mathjax_file

project = "hengdian_index"
author = "The hengdian_index developers"
copyright = "2026, the hengdian_index developers"
version = release = hengdian_index.__version__

extensions = [
    *("sphinx.ext.autodoc", "sphinx.ext.mathjax", "numpydoc", "myst_nb"),
    *("prose", "offline", "registry", "cells", "coming_from", "notebooks", "languages"),
]
exclude_patterns = ["_build", "_ext", "jupyter_execute", "generated/parts"]
language = "en"

# A catalogue for each folder of pages: sphinx-build -b gettext docs docs/_build/gettext; translations stand in
# locale/<language>. In Chinese: sphinx-build -D language=zh_CN docs docs/_build/html/zh, before the English pages.
locale_dirs = ["locale"]
gettext_compact = True
html_search_language = "zh"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

add_module_names = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
maximum_signature_line_length = 88
toc_object_entries = False
numpydoc_show_class_members = False

mathjax_path = MATHJAX
mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "pydata_sphinx_theme"
html_title = "hengdian_index"
templates_path = ["_templates"]
html_static_path = ["_static", str(mathjax_file())]
html_js_files = ["focus.js"]
html_css_files = ["style.css"]
html_context = {"default_mode": "light"}
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "navbar_end": ["language", "theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}
html_sidebars = {"index": []}
