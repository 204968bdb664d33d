"""Walks a law case through its kind of case: states, clocks with pauses and extensions, refusals. Pure: a pack and days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from xinheng.law import service as law


@dataclass
class Clock:
    """A running or ended clock."""

    provision: str
    start: date
    extension: str = ""
    pauses: list[law.Pause] = field(default_factory=list)

    def due(self, pack: law.Pack) -> law.Due:
        if self.extension:
            return law.due_extended(
                pack=pack,
                provision=self.provision,
                extension=self.extension,
                start=self.start,
                pauses=self.pauses,
            )
        return law.due_shown(pack=pack, provision=self.provision, start=self.start, pauses=self.pauses)


class Refused(Exception):
    """The step cannot be taken."""


@dataclass
class Walk:
    """One case as far as the law alone says it."""

    pack: law.Pack
    kind: law.CaseKind
    item: str
    sector: str
    state: str = ""
    clock: Clock | None = None
    left: dict[str, tuple[Clock | None, date, bool]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def act(self, code: str, who: str, on: date) -> law.CaseStep:
        """Takes a step. Raises `Refused` with the reason."""
        step = self.kind.by_step.get(code)
        if step is None:
            raise Refused("没有这一步")
        if (self.state in step.from_) if step.from_ else not self.state:
            pass
        else:
            raise Refused(f"在「{self.state}」不能这样做")
        if who not in step.who:
            raise Refused("不由他做")
        if step.once and code in self.done:
            raise Refused("只能做一次")
        if why := law.step_refusal(pack=self.pack, step=step, item=self.item, sector=self.sector, on=on):
            raise Refused(why)
        self.done.append(code)
        if step.extends and self.clock:
            self.clock.extension = step.extends
        if step.to != self.state:
            self._enter(step, on)
        return step

    def _enter(self, step: law.CaseStep, on: date) -> None:
        if self.state:
            self.left[self.state] = (self.clock, on, step.pauses)
        before = self.left.get(step.to)
        state = self.kind.states[step.to]
        self.state = step.to
        if before and before[0] and state.on_return == "resume":
            clock, since, paused = before
            if paused and on > since:
                clock.pauses.append(law.Pause(since, on, step.name))
            self.clock = clock
            return
        provision = law.case_clock(pack=self.pack, kind=self.kind, state=step.to, sector=self.sector, on=on)
        self.clock = Clock(provision, on) if provision else None
