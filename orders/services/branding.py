"""The face a channel shows its customers: name, color and logo on public pages and in mails."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import BinaryIO

from django.db import transaction
from PIL import Image

from core import audit, files, photos
from core.actors import Actor
from core.errors import InputRefused, NotFound, gettext_noop
from core.models import StoredFile
from orders.models import Channel, Order
from shipping.domain import brand_colors
from shipping.services import portal

LOGO_PX = 240


class ColorRefused(InputRefused):
    """A brand color that can't be read on white."""

    code = "COLOR_REFUSED"
    text = gettext_noop(
        "%(color)s has too little contrast on white: 4.5 to 1 is needed. Choose a darker tone."
    )


def shown(channel: Channel) -> dict[str, str]:
    """Return what public pages show of a channel. Select `brand_logo` with the channel."""
    logo = channel.brand_logo
    return {
        "name": channel.brand_name or channel.name,
        "color": channel.brand_color,
        "logo": logo.sha256 if logo else "",
    }


def drawn_logo(upload: photos.Upload) -> StoredFile:
    """Keep an uploaded logo, drawn anew as a PNG of at most 240 px.

    Raises:
        PhotoRefused: it is no JPEG or PNG, or too large.
    """
    photos.clean(upload)
    upload.seek(0)
    return _kept(upload)


def _kept(upload: BinaryIO | photos.Upload) -> StoredFile:
    with Image.open(BytesIO(upload.read()), formats=["PNG", "JPEG"]) as picture:
        small = picture.convert("RGBA")
    small.thumbnail((LOGO_PX, LOGO_PX))
    held = BytesIO()
    Image.frombytes("RGBA", small.size, small.tobytes()).save(held, "PNG")
    return files.store(held.getvalue(), "logo.png", portal.LOGO, content_type="image/png")


@transaction.atomic
def set_brand(
    channel_id: int,
    *,
    name: str,
    color: str,
    logo: StoredFile | None,
    actor: Actor,
    at: dt.datetime,
) -> Channel:
    """Give a channel its face. Repeatable; orders published later show it.

    Raises:
        NotFound: there is no such channel.
        ColorRefused: the color is no `#rrggbb` or has too little contrast on white.
    """
    channel = Channel.objects.select_for_update().filter(pk=channel_id).first()
    if channel is None:
        raise NotFound
    if color and not brand_colors.is_readable(color):
        raise ColorRefused(color=color)
    before = shown(channel)
    channel.brand_name, channel.brand_color, channel.brand_logo = name, color.lower(), logo
    channel.save(update_fields=["brand_name", "brand_color", "brand_logo"])
    audit.record(
        actor=actor,
        action="orders.channel_branded",
        target=f"channel:{channel.pk}",
        before=before,
        after=shown(channel),
        at=at,
    )
    return channel


def address_of(order_key: str) -> str:
    """Return the e-mail address of an order by its key, "" where it has none."""
    kind, _, pk = order_key.partition(":")
    if kind != "order" or not pk.isdecimal():
        return ""
    return Order.objects.filter(pk=int(pk)).values_list("email", flat=True).first() or ""
