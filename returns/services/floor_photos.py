"""Photos the return floor takes: proof for the customer, the carrier and the supplier."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import files, photos
from core.actors import Actor
from core.photos import Upload
from returns.models import ReturnArrival, ReturnPhoto
from returns.services import progress
from returns.services.floor_errors import ArrivalUnknown


def add(
    arrival: ReturnArrival,
    upload: Upload,
    *,
    line_id: int | None = None,
    actor: Actor,
    at: dt.datetime,
) -> ReturnPhoto:
    """Keep a photo of a returned parcel or of one of its lines, drawn anew.

    Raises:
        PhotoRefused, PhotoTooLarge: it is no photo that can be kept.
        ArrivalUnknown: nobody knows whose parcel it is.
    """
    if arrival.request_id is None:
        raise ArrivalUnknown
    content = photos.clean(upload)
    stored = files.store(
        content, f"{arrival.request}.jpg", "return_photo", content_type=photos.CONTENT_TYPE
    )
    with transaction.atomic():
        row = progress.lock(arrival.request_id)
        known = ReturnPhoto.objects.filter(request=row, file=stored, line_id=line_id).first()
        return known or ReturnPhoto.objects.create(
            request=row, line_id=line_id, file=stored, by="staff", taken_at=at, taken_by=actor.key
        )
