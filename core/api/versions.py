"""Writes that name the version they change: `ETag` out, `If-Match` in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.api.problems import Problem


def etag_of(version: int) -> str:
    """Return the entity tag of a version number."""
    return f'"{version}"'


def check_if_match(request, version: int, *, required: bool = True) -> None:
    """Let a write pass that names the version it changes.

    Raises:
        Problem: 428 when the header is missing though required, 412 when another version stands.
    """
    sent = request.headers.get("If-Match")
    if sent is None:
        if required:
            raise Problem(
                428, "VERSION_REQUIRED", _("Send If-Match with the ETag of the object you read.")
            )
        return
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    if "*" not in tags and etag_of(version) not in tags:
        raise Problem(
            412, "VERSION_MISMATCH", _("Read the object again, compare, and send your change anew.")
        )


class VersionedMixin:
    """Answer `retrieve` with the object's `ETag`; `version_field` names the number."""

    version_field = "version"

    def retrieve(self, request, *args, **kwargs):
        response = super().retrieve(request, *args, **kwargs)
        version = getattr(self._shown, self.version_field)
        response.headers["ETag"] = etag_of(version)
        return response

    def get_object(self):
        self._shown = super().get_object()
        return self._shown
