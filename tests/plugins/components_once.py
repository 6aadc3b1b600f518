"""A plugin for an app's own tests: Streamlit looks for components in all packages once instead of for each page.

A page in a test then takes 0.02 seconds instead of 0.14, with as many packages as are installed here.
"""

from functools import cache

from streamlit.components.v2 import manifest_scanner

manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
