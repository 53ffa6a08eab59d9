"""The operations of the control API that are about faults."""

from __future__ import annotations

import msgspec

from emulator.control import answers, orders
from emulator.control.asking import Asked
from emulator.control.desk import Desk, NoSuchThing, Told, fields
from emulator.faults.chaos import MIXES, parse_rules
from emulator.faults.engine import FaultEngine
from emulator.faults.kinds import KINDS
from emulator.faults.rules import Rule, rule_of
from remotelens.errors import InvalidValue


class FaultDesk(Desk):
    """Fault rules."""

    async def fault_kinds(self, _asked: Asked) -> Told:
        """All ways to misbehave."""
        items = [
            answers.KindNow(
                name, sorted(kind.channels), kind.does, kind.value, kind.default, kind.occasion.value
            )
            for name, kind in KINDS.items()
        ]
        return answers.Kinds(items=items, mixes={name: list(mix) for name, mix in MIXES.items()})

    async def faults(self, _asked: Asked) -> Told:
        """The rules at work."""
        return answers.Faults(items=all_faults(self._rack.faults))

    async def add_fault(self, asked: Asked) -> Told:
        """Put a rule, or a mix of them, to work."""
        rules = _rules(asked.order(orders.FaultOrder))
        items = [_fault(self._rack.faults.add(rule), rule, 0) for rule in rules]
        return answers.AddedFault(**fields(items[0]), items=items)

    async def clear_faults(self, asked: Asked) -> Told:
        """End all rules."""
        self._rack.faults.clear()
        return await self.faults(asked)

    async def fault(self, asked: Asked) -> Told:
        """One rule."""
        key = asked.variables["fault"]
        if key not in (rules := self._rack.faults.rules()):
            raise NoSuchThing(f"there is no fault {key!r}", remedy=f"there are: {', '.join(rules) or 'none'}")
        return answers.Fault(**fields(_fault(key, *rules[key])))

    async def change_fault(self, asked: Asked) -> Told:
        """Put another rule in a rule's place."""
        await self.fault(asked)
        rules = _rules(asked.order(orders.FaultOrder))
        if len(rules) != 1:
            raise InvalidValue("a mix cannot take one rule's place", remedy="add it instead")
        self._rack.faults.change(asked.variables["fault"], rules[0])
        return await self.fault(asked)

    async def remove_fault(self, asked: Asked) -> Told:
        """End a rule."""
        await self.fault(asked)
        self._rack.faults.remove(asked.variables["fault"])
        return await self.faults(asked)


def all_faults(engine: FaultEngine) -> list[answers.FaultNow]:
    """Tell which rules are at work."""
    return [_fault(key, rule, struck) for key, (rule, struck) in engine.rules().items()]


def _rules(order: orders.FaultOrder) -> list[Rule]:
    parts = order.parts()
    if order.spec is not None:
        if parts:
            raise InvalidValue("a fault is given by spec or by its parts, not by both")
        return parse_rules(order.spec)
    return [rule_of(parts)]


def _fault(key: str, rule: Rule, struck: int) -> answers.FaultNow:
    return msgspec.convert(
        {"id": key, "spec": rule.as_text(), **rule.as_json(), "struck": struck}, answers.FaultNow
    )
