"""`seed_demo [--orders N] [--history N]`: fill an empty installation with the demo company."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import (
    approving,
    buying,
    came_in,
    carts,
    catalog,
    company,
    inbound,
    inside,
    planning_ahead,
    returning,
    standing,
    terms,
    trade,
    unboxing,
)
from core import clock
from orders.models import Order

SKUS = 1_200


class Command(BaseCommand):
    help = "Fill an empty installation with the demo company. Deterministic; repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--orders", type=int, default=240, help="open orders (240, at most 500)"
        )
        parser.add_argument("--history", type=int, default=6_000, help="past orders (6000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Production has no demo accounts. Use create_first_admin instead.")
        if not 0 <= options["orders"] <= trade.MOST_OPEN:
            raise CommandError(f"--orders takes 0 to {trade.MOST_OPEN}.")
        started = time.perf_counter()
        at = clock.now()
        rows = list(catalog.skus(SKUS))
        company.people_of_the_company(at)
        made = company.warehouses(at)
        carts.carts_and_walls(made, at)
        skus = company.products(rows, at)
        carts.substitutes(rows, at)
        company.rate_cards(at)
        company.channels(at)
        standing.trade_channel(at)
        if not Order.objects.exists():
            company.opening_stock(rows, skus, made, at)
            unboxing.materials(made, at)
            past = trade.history(rows, order_count=options["history"], at=at)
            fresh = trade.open_orders(rows, order_count=options["orders"], at=at)
            fresh += standing.orders(rows, at=at)
            standing.standing_orders(rows, at=at)
            shipped = trade.play(order_count=options["orders"] // 3, at=at)
            unboxing.rules_and_campaigns(at)
            unboxing.gift_on_the_bench(rows, at=at)
            inside.moves(rows, made, at=at)
            inbound.on_the_way(rows, at=at)
            buying.purchase_orders(rows, at=at)
            came_in.came(rows, at=at)
            approving.rules(at=at)
            terms.agreed(rows, at=at)
            back = returning.came_back(at)
            if past:
                planning_ahead.computed(at)
            self.stdout.write(
                f"{past} past orders, {fresh} open ones, {shipped} shipped, {back} come back"
            )
        self.stdout.write(f"Demo company ready in {time.perf_counter() - started:.0f} s")
