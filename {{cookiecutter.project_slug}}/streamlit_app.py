"""Starts the app: `streamlit run` finds this file by its name, and serves page.py with security headers."""

import streamlit as st
from starlette.middleware import Middleware

from chat.failures import say_that_it_failed  # {% if cookiecutter is stored %}
from chat.server import SecurityHeaders, lifespan
from chat.visitors import VisitorCookie  # {% if cookiecutter is visited %}

middleware = [Middleware(SecurityHeaders)]
middleware += [Middleware(VisitorCookie)]  # {% if cookiecutter is visited %}
app = st.App("page.py", middleware=middleware, lifespan=lifespan)  # {% if not cookiecutter is stored %}
# {% if cookiecutter is stored %}
app = st.App("page.py", middleware=middleware, lifespan=lifespan, on_script_error=say_that_it_failed)
# {% endif %}
