"""Starts the app: `streamlit run` finds this file by its name, and serves the page with security headers."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route  # {% if cookiecutter is deployed %}
from streamlit.runtime.pages_manager import PagesManager  # {% if cookiecutter.sign_in == "oidc" %}

from chat.server import draining  # {% if cookiecutter is deployed %}
from chat.server.headers import SecurityHeaders, lifespan
from chat.server.health import readiness  # {% if cookiecutter is deployed("database") %}
from chat.ui.failures import say_that_it_failed  # {% if cookiecutter is stored %}
from chat.ui.person import VisitorCookie  # {% if cookiecutter is visited %}

# {% if cookiecutter.sign_in == "oidc" %}
# Streamlit itself would serve a page of the folder `pages` to anyone who opens it first: navigation.py checks.
PagesManager.uses_pages_directory = False
# {% endif %}
# {% if cookiecutter.history == "session" and cookiecutter.deployment == "none" %}
# {% set script = "navigation.py" if cookiecutter.sign_in == "oidc" else "page.py" %}
app = st.App("{{ script }}", middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
# {% else %}
middleware = [Middleware(SecurityHeaders)]  # {% if not cookiecutter is visited %}
middleware = [Middleware(SecurityHeaders), Middleware(VisitorCookie)]  # {% if cookiecutter is visited %}
middleware.append(Middleware(draining.PageSockets))  # {% if cookiecutter is deployed %}
routes = [Route("/readyz", draining.readiness)]  # {% if cookiecutter is deployed("session") %}
routes = [Route("/readyz", readiness)]  # {% if cookiecutter is deployed("database") %}
app = st.App(
    "navigation.py",  # {% if cookiecutter.sign_in == "oidc" %}
    "page.py",  # {% if cookiecutter.sign_in == "none" %}
    routes=routes,  # {% if cookiecutter is deployed %}
    middleware=middleware,
    lifespan=lifespan,
    on_script_error=say_that_it_failed,  # {% if cookiecutter is stored %}
)
# {% endif %}
