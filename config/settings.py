"""Settings of Quayside, all from the environment (docs/settings.md lists every variable)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import Environment
from config.logs import logging_tree

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment.read(BASE_DIR / ".env")

# --- Where we run --------------------------------------------------------------------------------
QUAYSIDE_ENV = env.text("QUAYSIDE_ENV", "development")
PRODUCTION = QUAYSIDE_ENV == "production"
env.demand(
    QUAYSIDE_ENV in {"development", "production"},
    f"QUAYSIDE_ENV is {QUAYSIDE_ENV!r}: write development or production.",
)
DEBUG = env.flag("QUAYSIDE_DEBUG", default=False)
DEVELOPMENT_KEY = "quayside-development-key-it-protects-nothing-and-production-refuses-it"
SECRET_KEY = env.text("QUAYSIDE_SECRET_KEY", DEVELOPMENT_KEY)
ALLOWED_HOSTS = env.words(
    "QUAYSIDE_ALLOWED_HOSTS", () if PRODUCTION else ("localhost", "127.0.0.1", "[::1]")
)
CSRF_TRUSTED_ORIGINS = env.words("QUAYSIDE_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("QUAYSIDE_PUBLIC_URL", "http://localhost:8000").rstrip("/")
DATA_DIR = env.path("QUAYSIDE_DATA_DIR", BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

# --- Database ------------------------------------------------------------------------------------
# IMMEDIATE: a transaction that reads before it writes fails at once under WAL's default mode.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
        "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
    ),
}
TEST_DATABASE = env.text("QUAYSIDE_TEST_DB", "main")


def database() -> dict[str, Any]:
    """Return Django's description of the one database, SQLite unless DATABASE_URL names another."""
    url = env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'quayside.sqlite3'}")
    try:
        found: dict[str, Any] = {**dj_database_url.parse(url)}
    except (ValueError, dj_database_url.ParseError):
        env.problems.append("DATABASE_URL can't be read: write postgres://user:password@host/name.")
        return {"ENGINE": "django.db.backends.dummy"}
    found |= {"CONN_MAX_AGE": None, "ATOMIC_REQUESTS": False}
    if found["ENGINE"].endswith("sqlite3"):
        test_file = DATA_DIR / f"test-{TEST_DATABASE}.sqlite3"
        return found | {"OPTIONS": SQLITE_OPTIONS, "TEST": {"NAME": str(test_file)}}
    # A migrated database to begin as a copy of spares each test process the migrations.
    template = env.text("QUAYSIDE_TEST_TEMPLATE", "") or None
    test = {"NAME": f"test_{TEST_DATABASE}", "TEMPLATE": template}
    found |= {"CONN_HEALTH_CHECKS": True, "TEST": test}
    # Whoever waits longer for a row lock gets a clear answer instead of a hanging screen.
    found["OPTIONS"] = {"options": "-c lock_timeout=3s"}
    # A pool must never be open in a process that forks later: the web server sets this, no worker.
    if env.flag("QUAYSIDE_DB_POOL", default=False):
        found["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 8}
        found["CONN_MAX_AGE"] = 0
    return found


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# SQLite ignores the extra columns of a covering index; PostgreSQL answers a recall from it alone.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

# --- Applications --------------------------------------------------------------------------------
OUR_APPS = [
    "config",
    "core",
    "customers",
    "inventory",
    "suppliers",
    "shipping",
    "orders",
    "fulfillment",
    "returns",
    "planning",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "core.admin_site.RepairConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
    "template_partials",
]
MIDDLEWARE = [
    "core.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.SafeHeaders",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.middleware.CrossSiteWrites",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.Person",
    "core.middleware.SharedDevice",
    "core.view_as.ViewAs",
    "core.middleware.SignIn",
    "core.middleware.Refusals",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.shell",
            ],
        },
    }
]

# --- People and sign-in --------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "core.passwords.LengthValidator"},
    {"NAME": "core.passwords.BrandWordValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
]
ADMIN_PATH = env.text("QUAYSIDE_ADMIN_PATH", "repair/").strip("/") + "/"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Where a registered floor device asks for badge and PIN, and where its people begin.
SHARED_DEVICE_URL, SHARED_DEVICE_HOME = "floor-badge", "floor-home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 15 * 60
ACCOUNT_ADAPTER = "core.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "core.forms.account.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_SESSION_REMEMBER = True
# Ten guesses an account and a hundred an address in a quarter of an hour; nobody stays locked out.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "100/15m/ip,10/15m/key"}
# Half an hour after the last proof of identity, sensitive acts ask for another one.
REAUTHENTICATION_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = 30 * 60
MFA_ADAPTER = "core.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Quayside"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "core.forms.second_factor.CodeForm",
    "authenticate_webauthn": "core.forms.second_factor.PasskeyForm",
}
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 30 * 24 * 3600
MFA_TRUST_COOKIE_NAME = "quayside_trust"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_REQUIRED_FOR_STAFF = PRODUCTION
# Idle limits are shorter and stand in core.sessions; this is the absolute one.
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"

# --- Browser security ----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A station's page prints documents from a frame of its own.
        "frame-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.flag("QUAYSIDE_HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
TRUSTED_PROXY_COUNT = 1 if env.flag("QUAYSIDE_BEHIND_PROXY", default=False) else 0
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- Languages and time --------------------------------------------------------------------------
LANGUAGE_CODE = env.text("QUAYSIDE_LANGUAGE", "en")
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
# Who was erased, by id: outside of the database, so that a restored backup is erased again.
ERASURE_LIST = env.path("QUAYSIDE_ERASURE_LIST", DATA_DIR / "erasures.jsonl")
MEDIA_URL = "media/"  # Never served as it is: views check who asks, then stream.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_MAX_AGE = 3600 if PRODUCTION else 0
# For documents, not for browsers: compressing its 10 MB would take longer than all the rest.
CJK_FONT = BASE_DIR / "static" / "vendor" / "fonts" / "NotoSansSC-Regular.ttf"
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["ttf", "woff", "woff2", "png", "jpg", "gif", "webp", "gz"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# --- Cache, mail ---------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        # Shared by all processes of one machine, as sign-in rate limits need.
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache",
        }
    )
}
EMAIL_HOST = env.text("QUAYSIDE_EMAIL_HOST")
EMAIL_PORT = env.number("QUAYSIDE_EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("QUAYSIDE_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("QUAYSIDE_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("QUAYSIDE_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("QUAYSIDE_EMAIL_FROM", "quayside@localhost")

# Who sends it as a bearer token may read /metrics; without one, only this machine in development.
METRICS_TOKEN = env.text("QUAYSIDE_METRICS_TOKEN")

# --- Jobs ----------------------------------------------------------------------------------------
# queue_limit 1: a task is locked when fetched, not when started, so prefetching repeats work.
# ack_failures and max_attempts 1: the Job row decides about another attempt, never the broker.
Q_CLUSTER = {
    "name": "quayside",
    "orm": "default",
    "workers": env.number("QUAYSIDE_WORKERS", 2),
    "queue_limit": 1,
    "bulk": 1,
    "timeout": env.number("QUAYSIDE_JOB_SECONDS", 60),
    "retry": 180,
    "ack_failures": True,
    "max_attempts": 1,
    "catch_up": False,
    "save_limit": -1,
    "scheduler": False,
    "recycle": 200,
    "max_rss": 600_000,
    "poll": 0.5,
    "guard_cycle": 1,
    "label": "Quayside queue",
    # Jobs that take minutes or hours; docs/adr/0002-long-jobs.md says how a hanging one is found.
    "ALT_CLUSTERS": {"long": {"workers": 1, "timeout": 6 * 3600, "retry": 24 * 3600}},
}

# --- API -----------------------------------------------------------------------------------------
API_RATE = env.text("QUAYSIDE_API_RATE", "600/min")
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.authentication.ApiKeyAuthentication",
        "core.api.authentication.PersonAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.CapabilityPermission"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.PrincipalThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsing.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "core.api.problems.problem_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Quayside API",
    "VERSION": "1",
    "DESCRIPTION": "Products, stock, orders and shipments. Errors are application/problem+json.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.docs.add_problems",
    ],
}

# --- Logs ----------------------------------------------------------------------------------------
LOGGING = logging_tree(
    level=env.text("QUAYSIDE_LOG_LEVEL", "INFO").upper(),
    as_json=env.flag("QUAYSIDE_LOG_JSON", default=PRODUCTION),
)

# --- Production refuses to start half-configured -------------------------------------------------
if PRODUCTION:
    env.demand(not DEBUG, "QUAYSIDE_DEBUG is on: it shows settings to strangers.")
    env.demand(
        SECRET_KEY != DEVELOPMENT_KEY,
        "QUAYSIDE_SECRET_KEY is not set: write at least 50 random characters.",
    )
    env.demand(len(SECRET_KEY) >= 50, "QUAYSIDE_SECRET_KEY has fewer than 50 characters.")
    env.demand(
        not DATABASES["default"]["ENGINE"].endswith("sqlite3"),
        "DATABASE_URL names SQLite or nothing: production needs PostgreSQL 15 or newer.",
    )
    env.demand(bool(ALLOWED_HOSTS), "QUAYSIDE_ALLOWED_HOSTS is empty: list the host names served.")
    env.demand("*" not in ALLOWED_HOSTS, "QUAYSIDE_ALLOWED_HOSTS holds *: list the host names.")
env.refuse()

os.environ.setdefault("PGCONNECT_TIMEOUT", "10")
