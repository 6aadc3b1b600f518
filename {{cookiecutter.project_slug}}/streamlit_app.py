"""Starts the app: `streamlit run` finds this file by its name, and serves the page with security headers."""

import streamlit as st
from starlette.middleware import Middleware

from chat.server import SecurityHeaders, lifespan

PAGE = "navigation.py"  # {% if cookiecutter.sign_in == "oidc" and cookiecutter.feedback != "none" %}
PAGE = "page.py"  # {% if cookiecutter.sign_in == "none" or cookiecutter.feedback == "none" %}
app = st.App(PAGE, middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
