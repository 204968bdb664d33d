"""Django settings. Everything a deployment may set comes from an environment variable named XINHENG_*."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from xinheng.accounts.policy_permissions import policy_problem
from xinheng.home import home

BASE = Path(__file__).resolve().parent


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home().database),
            "OPTIONS": {
                "timeout": 30,
                # A write transaction takes its lock when it begins: no upgrade from reader to writer can fail
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                    "PRAGMA wal_autocheckpoint=10000;"
                    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA foreign_keys=ON;"
                ),
            },
            "TEST": {"NAME": None},
            # A worker keeps its file open: opening it anew, and the checkpoint at closing, cost more than a request
            "CONN_MAX_AGE": 60,
        }
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("XINHENG_DATABASE_URL must look like postgresql://user:password@host:port/name")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


def _secret_key() -> str:
    """The secret lives in the home, never in the repository; without a home it lasts as long as the process."""
    if value := os.environ.get("XINHENG_SECRET_KEY"):
        return value
    file = home().keys / "django.key"
    return file.read_text().strip() if file.is_file() else secrets.token_urlsafe(48)


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("XINHENG_DEBUG") == "1"
# Where the public reaches this site, e.g. https://credit.example.gov.cn: printed in reports as the place to verify
PUBLIC_URL = os.environ.get("XINHENG_PUBLIC_URL", "")
# Where reminders go out by e-mail: smtp[s]://user:pass@host:port?from=…; without it the inbox alone has them
SMTP_URL = os.environ.get("XINHENG_SMTP_URL", "")
ALLOWED_HOSTS = os.environ.get("XINHENG_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "xinheng.accounts",
    "xinheng.law",
    "xinheng.evidence",
    "xinheng.register",
    "xinheng.records",
    "xinheng.cases",
    "xinheng.notices",
    "xinheng.linkage",
    "xinheng.intake",
    "xinheng.publication",
    "xinheng.search",
    "xinheng.reports",
    "xinheng.facts",
    "xinheng.exchange",
    "xinheng.withdrawals",
    "xinheng.remedies",
    "xinheng.sync",
    "xinheng.lists",
    "xinheng.checks",
    "xinheng.subscriptions",
    "xinheng.evaluation",
    "xinheng.oversight",
    "xinheng.articles",
    "xinheng.statistics",
    "xinheng.faces.site",
    "xinheng.faces.desk",
]
AUTH_USER_MODEL = "accounts.Account"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xinheng.faces.site.middleware.SecurityHeaders",
    "xinheng.faces.api.calls.MachineCalls",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "xinheng.accounts.backends.SecondFactor",
]
# Who must have a second factor: off | offered | required (office, deciding authority, auditor) | roles, by commas
SECOND_FACTOR = os.environ.get("XINHENG_SECOND_FACTOR", "offered")
if wrong := policy_problem(SECOND_FACTOR):
    raise ValueError(wrong)
# Where organisations prove who they are (OpenID Connect); a sandbox without one has a simulated provider
OIDC_ISSUER = os.environ.get("XINHENG_OIDC_ISSUER", "")
OIDC_CLIENT = os.environ.get("XINHENG_OIDC_CLIENT", "")
OIDC_SECRET = os.environ.get("XINHENG_OIDC_SECRET", "")
OIDC_SCOPE = os.environ.get("XINHENG_OIDC_SCOPE", "openid")
OIDC_CLAIM_USCC = os.environ.get("XINHENG_OIDC_CLAIM_USCC", "uscc")
OIDC_NAME = os.environ.get("XINHENG_OIDC_NAME", "")
# Private networks (CIDR, by commas) in which webhooks may be called, such as a government extranet; others never are
WEBHOOK_NETWORKS = os.environ.get("XINHENG_WEBHOOK_NETWORKS", "")
# Memory-hard and part of Python: no package needed
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "desk-sign-in"
# A working day; a closed browser or a changed password ends it earlier
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_NAME = "xinheng"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Five wrong passwords lock an account for a quarter of an hour. Counted by account and not by address: an address may
# be a person's and is never written down, and a name nobody has is counted under a digest of it
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # it asks for the address
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = ["username", "password", "next", "csrfmiddlewaretoken"]
AXES_USERNAME_CALLABLE = "xinheng.faces.desk.signing.attempted_name"
AXES_CLIENT_IP_CALLABLE = "xinheng.faces.desk.signing.no_address"
AXES_LOCKOUT_CALLABLE = "xinheng.faces.desk.signing.locked_page"
ROOT_URLCONF = "xinheng.faces.urls"
WSGI_APPLICATION = "xinheng.faces.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "xinheng.faces.desk.access.frame",
            ],
        },
    }
]
DATABASES = {"default": _database(os.environ.get("XINHENG_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [BASE / "faces" / "site" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# Served straight from the package; only a deployment with its own file server collects them
STATIC_ROOT = os.environ.get("XINHENG_STATIC_ROOT")
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Uploads are looked at in memory only: nothing a visitor sends reaches a disk
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("XINHENG_LOG_LEVEL", "WARNING")},
}
# Error mails and debug pages would quote row values; failures are answered by code and place instead
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
