"""The logistic label of a carton or pallet, 4 x 6 inches: from, to, contents, and its SSCC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.sheets.elements import LABEL, Code128, Page, Text
from core.sheets.flow import BODY, HEAD, SMALL, Flow
from core.sheets.wording import MayPrint

#: So many lines of contents stand above the bars.
MOST_FACTS = 7


@dataclass(frozen=True, slots=True)
class LogisticLabel:
    """What stands on the label; sender and recipient are the lines of their addresses."""

    sscc: str
    sender: Sequence[str]
    recipient: Sequence[str]
    facts: Sequence[str] = ()


def logistic_label(
    label: LogisticLabel, gettext: Callable[[str], str], may_print: MayPrint
) -> tuple[Page, ...]:
    """Return the label, its SSCC as GS1-128 at the foot.

    Source: GS1 Logistic Label Guideline, building blocks of the label.
    """
    flow = Flow(may_print, LABEL, 40)
    flow.blocks([[gettext("Sender"), *label.sender]], BODY)
    flow.rule(3)
    flow.blocks([[gettext("Recipient"), *label.recipient]], 40)
    flow.rule(3)
    for fact in label.facts[:MOST_FACTS]:
        flow.line(fact, HEAD, most=2)
    flow.y = LABEL[1] - 420
    flow.rule(3)
    flow.line("SSCC", SMALL)
    flow.line(label.sscc, 48, bold=True, most=1)
    flow.add(Code128(flow.y, 220, "", 4, None, (("00", label.sscc),)))
    flow.y += 232
    caption = f"(00) {label.sscc}"
    flow.add(Text(40, flow.y, BODY, caption, align="center", max_width=LABEL[0] - 80))
    return flow.finish()
