"""Who works at the demo company: one person for each role. Passwords are new at each start."""

from __future__ import annotations

from core.services.first_people import DemoPerson

PEOPLE = (
    DemoPerson("ada", "Ada Kowalski", "admin"),
    DemoPerson("marta", "Marta Visser", "warehouse_manager", warehouse_codes=("RTM",)),
    DemoPerson("wei", "陈伟", "operator", language="zh-hans", warehouse_codes=("SZX", "RTM")),
    DemoPerson("joris", "Joris de Boer", "operator", warehouse_codes=("RTM",)),
    DemoPerson("olga", "Olga Brandt", "order_desk"),
    DemoPerson("bruno", "Bruno Costa", "buyer"),
    DemoPerson("anna", "Anna Lindqvist", "approver"),
    DemoPerson("lin", "林静", "planner", language="zh-hans"),
    DemoPerson("otto", "Otto Weiss", "auditor"),
)
