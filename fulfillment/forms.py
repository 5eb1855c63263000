"""Shape of what the floor's pages send; the rules live in the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image

from core.forms import QCodeField, QDateField, QForm, QIntegerField
from core.forms.badges import PinField
from fulfillment.models import InsertCampaign, PackRule

if TYPE_CHECKING:
    from fulfillment.models import Printer, Station
    from inventory.models import Bin, Warehouse, Zone

STATION_KINDS = (
    ("pack", _("Pack station")),
    ("handheld", _("Handheld")),
    ("dock", _("Dock")),
)
PRINTER_MODES = (
    ("browser", _("Browser of the station")),
    ("network_zpl", _("Network, ZPL")),
    ("file", _("Files in a folder")),
)
SHEETS = (
    ("label", _("Labels 4 x 6 in")),
    ("small_label", _("Labels 4 x 2 in")),
    ("paper", _("Paper A4")),
)
PROBLEMS = (
    ("LABEL_MISSING", _("Label is missing or wrong")),
    ("GOODS_DAMAGED", _("Goods are damaged")),
    ("GOODS_MISSING", _("Goods are missing")),
    ("PLACE_BLOCKED", _("Bin or aisle is blocked")),
    ("DEVICE", _("Scanner or printer fails")),
    ("OTHER", _("Something else")),
)


class BadgeForm(QForm):
    """Who starts a shift on a shared device."""

    badge = QCodeField(label=_("Badge"), max_length=64)
    pin = PinField(label=_("PIN"))


class RegistrationForm(QForm):
    """The code that makes a browser a floor device."""

    code = QCodeField(label=_("Registration code"), max_length=32)


class DeviceForm(QForm):
    """A device to register: what it is called and where it stands."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What is written on it, for example Tablet 3.")
    )
    station = forms.ChoiceField(label=_("Station"))

    def __init__(self, *args: Any, stations: Iterable[Station], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].choices = [
            (row.code, f"{row.code} · {row.name}") for row in stations
        ]


class WeightForm(QForm):
    """The weight the scale showed."""

    weight_g = QIntegerField(label=_("Weight"), min_value=1, max_value=70_000)


class PickShortForm(QForm):
    """Why a bin held less than the task asks."""

    REASONS = (
        ("NOT_THERE", _("Not there")),
        ("DAMAGED", _("Damaged")),
        ("WRONG_ITEM", _("Wrong item in the bin")),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


class ManifestForm(QForm):
    """Open a manifest for a carrier."""

    carrier = forms.CharField(label=_("Carrier"), max_length=32)


class PhotoForm(QForm):
    """A picture of goods, as a phone takes it."""

    MOST_BYTES = 8 * 1024 * 1024
    KINDS = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"))

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG or PNG, up to 8 MB."),
        widget=forms.ClearableFileInput(
            attrs={"accept": "image/jpeg,image/png", "capture": "environment"}
        ),
    )

    MOST_PIXELS = 60_000_000

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if photo.size > self.MOST_BYTES:
            raise forms.ValidationError(_("This photo has more than 8 MB. Take a smaller one."))
        head = photo.read(16)
        photo.seek(0)
        kinds = [kind for mark, kind in self.KINDS if head.startswith(mark)]
        if not kinds:
            raise forms.ValidationError(_("This is no JPEG or PNG photo. Take another one."))
        photo.image_kind = kinds[0]
        self._check_picture(photo)
        return photo

    def _check_picture(self, photo: Any) -> None:
        """Refuse what only begins like a picture, and pictures that would fill the memory."""
        try:
            with Image.open(photo, formats=[photo.image_kind.upper()]) as picture:
                too_large = picture.width * picture.height > self.MOST_PIXELS
                picture.verify()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise forms.ValidationError(_("This photo can't be read. Take another one.")) from error
        finally:
            photo.seek(0)
        if too_large:
            raise forms.ValidationError(_("This photo has too many pixels. Take a smaller one."))


class CampaignForm(QForm):
    """An insert campaign. The code stands once it is saved."""

    code = QCodeField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=InsertCampaign.Kind.choices)
    valid_from_on = QDateField(label=_("First day"))
    valid_until_on = QDateField(label=_("Last day"))
    brand = forms.CharField(
        label=_("Brand"),
        max_length=120,
        required=False,
        help_text=_("Only for orders with goods of this brand."),
    )
    language = forms.CharField(
        label=_("Language"),
        max_length=10,
        required=False,
        help_text=_("Only for customers who read it: en, de, zh-hans."),
    )
    control_percent = QIntegerField(
        label=_("Control group"),
        min_value=0,
        max_value=50,
        initial=10,
        help_text=_("Percent of customers who get nothing, so that the effect can be measured."),
    )
    goal_days = QIntegerField(
        label=_("Repeat order within"),
        min_value=1,
        max_value=730,
        initial=90,
        help_text=_("Days after the parcel in which a further order counts."),
    )


class CodesForm(QForm):
    """Coupon codes, one a line."""

    codes = forms.CharField(
        label=_("Coupon codes"),
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line, 4 to 40 letters, digits or hyphens. Known ones stay as they are."),
    )

    def clean_codes(self) -> list[str]:
        """Return the codes without blank lines."""
        return [line.strip() for line in self.cleaned_data["codes"].splitlines() if line.strip()]


class RuleForm(QForm):
    """A packing rule; saving makes a draft."""

    code = QCodeField(label=_("Code"), max_length=32)
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The packer reads it as the reason.")
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    condition = forms.CharField(
        label=_("Condition"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Empty means every parcel. The names stand in the list beside."),
    )
    effect = forms.ChoiceField(label=_("Then"), choices=PackRule.Effect.choices)
    sku = QCodeField(label=_("SKU"), max_length=64)
    qty = QIntegerField(label=_("Units"), min_value=1, max_value=10, initial=1)
    priority = QIntegerField(
        label=_("Priority"),
        min_value=0,
        max_value=999,
        initial=50,
        help_text=_("Lower numbers are asked first."),
    )
    on_oos = forms.ChoiceField(label=_("If there is none left"), choices=PackRule.OnOos.choices)
    alternate = QCodeField(label=_("Alternate SKU"), max_length=64, required=False)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)

    def __init__(self, *args: Any, campaigns: Iterable[InsertCampaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.code, f"{row.code} · {row.name}") for row in campaigns]
        self.fields["campaign"].choices = [("", _("None")), *rows]


class TryForm(QForm):
    """How many of the last orders a dry run takes."""

    orders_qty = QIntegerField(label=_("Last orders"), min_value=1, max_value=2000, initial=200)


class StationForm(QForm):
    """A station: where it stands, where its goods lie, which printers it uses."""

    code = QCodeField(label=_("Code"), max_length=24)
    name = forms.CharField(label=_("Name"), max_length=80)
    bin = forms.ChoiceField(label=_("Bin"), help_text=_("Where goods lie while they are packed."))
    kind = forms.ChoiceField(label=_("Kind"), choices=STATION_KINDS)
    label = forms.ChoiceField(label=_("Printer for labels 4 x 6 in"), required=False)
    small_label = forms.ChoiceField(label=_("Printer for labels 4 x 2 in"), required=False)
    paper = forms.ChoiceField(label=_("Printer for paper A4"), required=False)

    def __init__(
        self, *args: Any, bins: Iterable[Bin], printers: Iterable[Printer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bin"].choices = [
            (str(row.pk), f"{row.warehouse.code} · {row.code}") for row in bins if row.warehouse
        ]
        known = list(printers)
        for media in ("label", "small_label", "paper"):
            fitting = [
                (str(row.pk), f"{row.warehouse.code} · {row.code}")
                for row in known
                if row.media == media
            ]
            self.fields[media].choices = [("", _("No printer")), *fitting]


class PrinterForm(QForm):
    """A printer: how it is reached and what lies in it."""

    code = QCodeField(label=_("Code"), max_length=24)
    name = forms.CharField(label=_("Name"), max_length=80)
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    mode = forms.ChoiceField(label=_("How it prints"), choices=PRINTER_MODES)
    media = forms.ChoiceField(label=_("Sheets"), choices=SHEETS)
    address = forms.CharField(
        label=_("Address"),
        max_length=120,
        required=False,
        help_text=_(
            "Host and port of a network printer, for example 10.0.0.12:9100; the folder of a file "
            "printer; empty for the browser."
        ),
    )

    def __init__(self, *args: Any, warehouses: Iterable[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = [
            (str(row.pk), f"{row.code} · {row.name}") for row in warehouses
        ]


class ProblemForm(QForm):
    """What is wrong, in one word and a note."""

    reason = forms.ChoiceField(label=_("What is wrong"), choices=PROBLEMS)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


WALKS = (
    ("single", _("One walk, order by order")),
    ("cluster", _("Carts with a tote per order")),
    ("batch", _("Batches, sorted afterwards")),
)


class WalkForm(QForm):
    """How a wave is walked and what one walk carries."""

    method = forms.ChoiceField(label=_("Picking"), choices=WALKS)
    tour_totes = QIntegerField(
        label=_("Orders on one walk"), min_value=1, max_value=200, required=False
    )


class WaveRuleForm(QForm):
    """A rule of wave planning: what it takes, when, and how it is walked."""

    name = forms.CharField(label=_("Name"), max_length=80)
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    zone = forms.ChoiceField(
        label=_("Zone"), required=False, help_text=_("Only orders whose units all lie there.")
    )
    service_code = QCodeField(label=_("Service"), max_length=40, required=False)
    window_minutes = QIntegerField(
        label=_("Minutes before the cut-off"), min_value=1, max_value=20_160, required=False
    )
    min_orders = QIntegerField(label=_("Least shipments"), min_value=1, max_value=5_000, initial=1)
    max_orders = QIntegerField(label=_("Most shipments"), min_value=1, max_value=5_000, initial=100)
    method = forms.ChoiceField(label=_("Picking"), choices=WALKS, initial="cluster")
    tour_totes = QIntegerField(
        label=_("Orders on one walk"), min_value=1, max_value=200, required=False
    )
    tour_items = QIntegerField(
        label=_("Units on one walk"), min_value=1, max_value=10_000, required=False
    )
    position = QIntegerField(
        label=_("Turn"),
        min_value=1,
        max_value=999,
        initial=1,
        help_text=_("Rules with a lower number take shipments first."),
    )
    is_automatic = forms.BooleanField(
        label=_("Release every five minutes by itself"), required=False
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, *args: Any, warehouses: Iterable[Warehouse], zones: Iterable[Zone], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = [
            (str(row.pk), f"{row.code} · {row.name}") for row in warehouses
        ]
        self.fields["zone"].choices = [
            ("", _("Any zone")),
            *((str(row.pk), f"{row.warehouse.code} · {row.code}") for row in zones),
        ]
