"""Django settings. One installation is one company; everything it keeps is in its home folder."""

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from equipoise_web.home import (
    asked_hosts,
    database,
    home_folder,
    identity_providers,
    is_behind_tls,
    secret_key,
    time_zone,
)

EQUIPOISE_HOME = home_folder()
EQUIPOISE_DEMO_USERS = os.environ.get("EQUIPOISE_DEMO_USERS") == "1"
"""Set by `serve` on a loopback address only: people of the demo company may sign in without a password of their own."""
EQUIPOISE_WEBHOOK_PRIVATE = os.environ.get("EQUIPOISE_WEBHOOK_PRIVATE") == "1"

SECRET_KEY = secret_key(EQUIPOISE_HOME)
DEBUG = False
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [*LOOPBACK_HOSTS, *asked_hosts()]
ROOT_URLCONF = "equipoise_web.urls"
WSGI_APPLICATION = "equipoise_web.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "equipoise_web.screens.people",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "equipoise_web.records",
    "equipoise_web.screens.frame",
    "equipoise_web.screens.home",
    "equipoise_web.screens.adjust",
    "equipoise_web.screens.grid",
    "equipoise_web.screens.workbook",
    "equipoise_web.screens.sheet",
    "equipoise_web.screens.findings",
    "equipoise_web.screens.explain",
    "equipoise_web.screens.forecast",
    "equipoise_web.screens.capacity",
    "equipoise_web.screens.risk",
    "equipoise_web.screens.scenarios",
    "equipoise_web.screens.exceptions",
    "equipoise_web.screens.supply",
    "equipoise_web.screens.versions",
    "equipoise_web.screens.audit",
    "equipoise_web.screens.gathering",
    "equipoise_web.screens.jobs",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "equipoise_web.screens.frame.middleware.AccessMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "equipoise_web.screens.frame.context.frame",
            ],
        },
    },
]

DATABASES = {"default": database(EQUIPOISE_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "frame:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "equipoise_web.screens.people.adapter.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/5m/ip,5/5m/key"}
SOCIALACCOUNT_ADAPTER = "equipoise_web.screens.people.adapter.InvitedOnlyElsewhere"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_PROVIDERS = identity_providers()
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if os.environ.get("EQUIPOISE_PASSKEYS") == "1" else [])]
MFA_PASSKEY_LOGIN_ENABLED = "webauthn" in MFA_SUPPORTED_TYPES
MFA_TOTP_ISSUER = "Equipoise"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Behind a proxy that speaks TLS (EQUIPOISE_HTTPS=1), which must set these headers itself and drop those of the caller.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_behind_tls() else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if is_behind_tls() else 0  # so that guessing is slowed down by caller, not by proxy
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = is_behind_tls()
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # asked by the proxy itself
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if is_behind_tls() else 0
# Other names of the company's domain, and the lists that browsers ship, are not ours to decide on.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# No inline script or style anywhere, nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],  # the grid component adds a style element; only its page has a nonce
        "img-src": [SELF, "data:"],  # the picture of a two-factor secret
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "en"
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = time_zone()  # where the days of holds end, and of the times that pages tell
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
