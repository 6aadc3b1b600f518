"""A plugin for an app's own tests: Streamlit looks for components in all packages once, not for each page.

A page of a test takes 0.02 seconds so; where as many packages are installed as here, 0.14 without.
"""

from functools import cache

from streamlit.components.v2 import manifest_scanner

manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
