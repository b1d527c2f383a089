"""The headers of every answer that a browser shows."""

API = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""Browsers keep nothing, and run nothing that somebody managed to store here."""

_SELF = ("script", "style", "connect", "font", "media", "manifest", "worker")

PAGES = API | {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            *(f"{what}-src 'self'" for what in _SELF),
            "img-src 'self' data:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    ),
    # A browser tells no Origin with a form where it may tell no Referer.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
"""All that a page needs comes from us, and no other page may have it in a frame."""

API_PREFIX = "/api/"


def headers_for(path: str) -> dict[str, str]:
    """Return the headers of an answer at this path, for those that it does not set itself."""
    return API if path.startswith(API_PREFIX) else PAGES
