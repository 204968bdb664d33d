"""The door of the synthetic city: one call writes a register, departments' files and the truth beside them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from .clerk import ClerkCycle, clerk_batch
from .dirt import Dirt
from .errors import SynthWrongUse
from .faults import FAULTS, ITEM_SHARES, LINKED, FaultCycle
from .habits import habit_of
from .itemfaults import chosen_field
from .itemrows import ItemMaker, pool_size
from .licences import Licences
from .manifest import NAME, FileEntry, Manifest, read_manifest
from .organisations import REGISTER_COLUMNS, Population, day_number
from .penalties import Penalties
from .place import Department, Place, Unit, departments_of
from .plan import Batch, Plan, Range, Shared, plan_city, plan_single
from .rows import Block, RowMaker, impossible_faults
from .schema import ITEMS
from .sheets import Layout
from .silence import quiet_months, unreported
from .spec import Events, FieldSpec, ItemSpec
from .story import LEAST_DEPARTMENTS, StoryFile, firms_of, story_files
from .story_items import item_scenes
from .writing import FileWriter, story_frame

__all__ = [
    "LEAST_ORGANISATIONS",
    "Events",
    "FieldSpec",
    "FileEntry",
    "ItemSpec",
    "Manifest",
    "Place",
    "Progress",
    "Unit",
    "generate",
    "read_manifest",
]

Progress = Callable[[int, int, str], None]
"""Called with rows done, rows in all (organisations and records), and what is being written."""

LEAST_ORGANISATIONS = 20
_STORY_ORGANISATIONS, _STORY_RECORDS = 60, 100
_MOST_ORGANISATIONS = 50_000_000
_MARK = ".xinheng-synth"  # says that a folder is ours, even after a run that was stopped half-way
_GROUP_ROWS, _REGISTER_CHUNK = 20_000, 100_000


def generate(
    *,
    out: Path,
    orgs: int,
    records: int,
    seed: int,
    today: date,
    departments: int | None = None,
    place: Place | None = None,
    items: Sequence[ItemSpec] = (),
    clean: bool = False,
    single_file: bool = False,
    clerk_rows: int = 0,
    progress: Progress | None = None,
) -> Manifest:
    """Writes a city into ``out`` and returns its manifest (also ``out/manifest.json``).

    ``register.csv`` has exactly ``orgs`` organisations, departments and the story's firms among them; ``files/``
    together exactly ``records`` rows; ``truth/`` says of each row what is expected when files are taken in by order
    after the register. Same arguments, same bytes. Memory does not grow with size.

    ``departments`` are all of the place and four of its districts', fewer in a very small city; the story needs eight of them, 60 organisations, 100 records.
    ``items`` are the catalogue items beside licences and penalties that departments send as well (habits.py says how
    many); what their rules answer is theirs to say.
    ``clean``: no dirt but 2 % of rows that must not be accepted; ``single_file``: one CSV of penalties gathered by the
    data bureau, for measuring. ``clerk_rows``: also a messy file of so many licences under ``demo/``, for a clerk to
    send by hand; it is not among the files. A folder that holds an earlier city is replaced; any other content is refused.
    """
    place = place or Place()
    if departments is None:
        departments = min(len(departments_of(place)), max(4, orgs // 6))
    city = _City(out=out, orgs=orgs, records=records, seed=seed, today=today, departments=departments,
                 place=place, items=() if single_file else tuple(items), clean=clean, single=single_file,
                 clerk_rows=clerk_rows, progress=progress)  # fmt: skip
    return city.write()


def _check(orgs: int, records: int, departments: int, place: Place) -> None:
    if not LEAST_ORGANISATIONS <= orgs <= _MOST_ORGANISATIONS:
        raise SynthWrongUse(f"主体数量应在 {LEAST_ORGANISATIONS} 和 {_MOST_ORGANISATIONS} 之间。")
    if records < 0:
        raise SynthWrongUse("记录数量不能是负数。")
    if not 4 <= departments <= orgs // 5:
        raise SynthWrongUse("部门数量至少 4 个，并且不超过主体数量的五分之一。")
    if not place.districts or any(len(code) != 6 or not code.isdigit() for code, _ in place.districts):
        raise SynthWrongUse("区县至少一个，代码须为 6 位数字。")


class _City:
    def __init__(
        self, *, out: Path, orgs: int, records: int, seed: int, today: date, departments: int, place: Place,
        items: tuple[ItemSpec, ...], clean: bool, single: bool, clerk_rows: int, progress: Progress | None,
    ) -> None:  # fmt: skip
        _check(orgs, records, departments, place)
        self.out, self.orgs, self.records, self.seed, self.today = out, orgs, records, seed, today
        self.place, self.clean, self.single, self._progress = place, clean, single, progress
        self.clerk_rows = clerk_rows
        self.departments = departments_of(place, departments)
        told = len(self.departments) >= LEAST_DEPARTMENTS and orgs >= _STORY_ORGANISATIONS
        self.firms = firms_of(place) if told and records >= _STORY_RECORDS else {}
        mass = orgs - len(self.departments) - len(self.firms)
        self.population = Population(place=place, count=mass, seed=seed, today=today)
        self.specs = {s.code: s for s in items if s.code not in ITEMS}
        self.layouts: dict[str, Layout] = {**ITEMS, **self.specs}
        self._done = 0

    def write(self) -> Manifest:
        _make_room(self.out)
        self._register()
        absent = impossible_faults(self.population)
        cycles = {i: FaultCycle(seed=self.seed, item=i, clean=self.clean, without=absent) for i in ITEMS}
        cycles |= {code: self._item_cycle(spec) for code, spec in self.specs.items()}
        plan = self._plan(cycles)
        manifest = Manifest(
            place={"name": self.place.name, "code": self.place.code, "districts": [list(d) for d in self.place.districts]},
            seed=self.seed, today=self.today.isoformat(), mode="clean" if self.clean else "messy",
            organisations=self.orgs, rows=plan.rows, register="register.csv",
            departments=[{"code": d.code, "name": d.name, "kind": d.kind.slug} for d in self.departments],
            story=[{"key": f.key, "code": f.code, "name": f.name, "former": f.former, "tale": f.tale}
                   for f in self.firms.values()],
        )  # fmt: skip
        self._files(plan, cycles, manifest)
        if self.clerk_rows and self.firms:
            manifest.clerk = self._clerk(plan, len(manifest.files) + 1)
        silent = unreported(plan)
        silent.write_csv(self.out / "truth" / "unreported.csv")
        manifest.unreported, manifest.quiet = silent.height, quiet_months(plan, self.today, self.seed)
        manifest.write(self.out)
        return manifest

    def _tell(self, rows: int, what: str) -> None:
        self._done += rows
        if self._progress:
            self._progress(self._done, self.orgs + self.records, what)

    # -- register --------------------------------------------------------------------------------------------

    def _register(self) -> None:
        with (self.out / "register.csv").open("wb") as handle:
            named = self._named()
            named.write_csv(handle)
            self._tell(named.height, "register.csv")
            for start in range(0, self.population.count, _REGISTER_CHUNK):
                stop = min(start + _REGISTER_CHUNK, self.population.count)
                self.population.register_rows(start, stop).write_csv(handle, include_header=False)
                self._tell(stop - start, "register.csv")

    def _named(self) -> pl.DataFrame:
        """Departments and the story's firms, which stand first in the register."""
        rows = [(d.code, d.name, "", "事业单位" if d.kind.prefix == "12" else "机关", d.region, "S92 国家机构", "2019-03-01",
                 "正常", "") for d in self.departments]  # fmt: skip
        rows += [(f.code, f.name, f.former, f.kind, f.region, f.industry, f.established,
                  "正常" if f.code.startswith("11") else "存续", "") for f in self.firms.values()]  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(REGISTER_COLUMNS, pl.String), orient="row")

    # -- files -----------------------------------------------------------------------------------------------

    def _plan(self, cycles: dict[str, FaultCycle]) -> Plan:
        if self.single:
            return plan_single(
                source=self.departments[0],
                records=self.records,
                today=self.today,
                cycle=cycles["admin-penalty"],
            )
        return plan_city(
            departments=self.departments, records=self.records, today=self.today, seed=self.seed, cycles=cycles,
            clean=self.clean,
            stories=self._stories() if self.firms else (),
            items=[Shared(code, spec.owners, self._most(spec)) for code, spec in self.specs.items()],
        )  # fmt: skip

    def _stories(self) -> list[StoryFile]:
        told = story_files(self.place, self.departments, self.today)
        return [*told, *item_scenes(self.place, self.firms, self.specs, self.departments, self.today)]

    def _item_cycle(self, spec: ItemSpec) -> FaultCycle:
        shares = {tag: n for tag, n in ITEM_SHARES.items() if fault_fits(tag, spec) and not self.clean}
        shares["corrected_later"] = habit_of(spec.code).comes_back
        return FaultCycle(seed=self.seed, item=spec.code, clean=self.clean, shares=shares)

    def _most(self, spec: ItemSpec) -> int:
        """Records an item can have: without a number in its key each subject appears once, or once a year."""
        habit, size = habit_of(spec.code), pool_size(self.population, spec)
        most = self.records if spec.numbered else size * (2 if habit.yearly else 1) * 9 // 10
        rare = habit.most(self.orgs)
        return most if rare is None else min(most, rare)

    def _files(self, plan: Plan, cycles: dict[str, FaultCycle], manifest: Manifest) -> None:
        items = (Penalties(seed=self.seed, brief=self.clean and self.single), Licences(seed=self.seed))
        makers = {
            i.schema.code: RowMaker(item=i, population=self.population, departments=self.departments,
                                    cycle=cycles[i.schema.code], seed=self.seed, spread=plan.single)
            for i in items
        }  # fmt: skip
        dirt = {
            code: Dirt(item=maker.schema, place=self.place, seed=self.seed, today=day_number(self.today), maker=maker,
                       clean=self.clean)
            for code, maker in makers.items()
        }  # fmt: skip
        others = {
            code: ItemMaker(spec=spec, population=self.population, departments=self.departments, cycle=cycles[code],
                            seed=self.seed, today=day_number(self.today))
            for code, spec in self.specs.items()
        }  # fmt: skip
        writer: FileWriter | None = None
        for group in _groups(plan):
            frames = self._frames(group, makers, dirt, others)
            for block in group:
                batch = block.batch
                if writer is None or writer.batch is not batch:
                    if writer is not None:
                        manifest.add(*writer.finish())
                    writer = FileWriter(
                        self.out, self.layouts[batch.item], batch, district_name(batch.department)
                    )
                writer.write(frames[batch.order])
                self._tell(frames[batch.order].height, writer.path.name)
        if writer is not None:
            manifest.add(*writer.finish())

    def _clerk(self, plan: Plan, order: int) -> dict[str, Any]:
        """Writes the file a clerk sends by hand; what the manifest says of it."""
        cycle = ClerkCycle(seed=self.seed, without=impossible_faults(self.population), rows=self.clerk_rows)
        sender = next(d for d in self.departments if d.kind.slug == "scjg")
        batch = clerk_batch(plan=plan, department=sender, rows=self.clerk_rows, today=self.today, cycle=cycle,
                            order=order)  # fmt: skip
        maker = RowMaker(item=Licences(seed=self.seed), population=self.population, departments=self.departments,
                         cycle=cycle, seed=self.seed)  # fmt: skip
        dirt = Dirt(item=maker.schema, place=self.place, seed=self.seed, today=day_number(self.today), maker=maker,
                    clean=False)  # fmt: skip
        (self.out / "demo").mkdir(exist_ok=True)
        writer = FileWriter(self.out, maker.schema, batch, district_name(sender), folder="demo")
        writer.write(
            dirt.apply(maker.rows([Block(batch, batch.ranges)]), {batch.order: batch.habits.date_style})
        )
        return asdict(writer.finish()[0])

    def _frames(
        self,
        group: list[Block],
        makers: dict[str, RowMaker],
        dirt: dict[str, Dirt],
        others: dict[str, ItemMaker],
    ) -> dict[int, pl.DataFrame]:
        """The finished rows of each file of a group, by order. Files of one item are made together: far cheaper."""
        frames: dict[int, pl.DataFrame] = {}
        for code in self.layouts:
            blocks = [b for b in group if b.batch.item == code and b.batch.story is None]
            if not blocks:
                continue
            styles = {b.batch.order: b.batch.habits.date_style for b in blocks}
            if code in others:
                made = others[code].rows(blocks, styles)
            else:
                made = dirt[code].apply(makers[code].rows(blocks), styles)
            for key, part in made.partition_by("_file", as_dict=True, maintain_order=True).items():
                frames[int(key[0])] = part
        for block in group:
            if block.batch.story is not None:
                frames[block.batch.order] = story_frame(block.batch.story, self.layouts[block.batch.item])
        return frames


def fault_fits(tag: str, spec: ItemSpec) -> bool:
    """Whether a kind of fault can be put into an item's rows and the item's rules have an answer to it."""
    needs = {
        "choice_unknown": chosen_field(spec), "natural_person": spec.subject_kind, "id_in_text": spec.free_text,
        "phone_in_text": spec.free_text, "authority_unknown": spec.authority, "missing_required": spec.required,
    }  # fmt: skip
    sound = next(f for f in FAULTS if f.tag == tag).outcome == "accepted" and tag not in LINKED
    return bool(needs.get(tag, True)) and (sound or tag in spec.answers)


def district_name(department: Department) -> str:
    """A short mark for file names: the kind of department, with its district's number."""
    return department.kind.slug + (f"-{department.district + 1}" if department.district >= 0 else "")


def _groups(plan: Plan) -> Iterator[list[Block]]:
    """Blocks to be made together: some whole files, or a piece of a large one."""
    group: list[Block] = []
    size = 0
    for batch in plan.batches:
        for block in _pieces(batch) if plan.single else [Block(batch, batch.ranges)]:
            group.append(block)
            size += batch.rows if not plan.single else _GROUP_ROWS
            if size >= _GROUP_ROWS:
                yield group
                group, size = [], 0
    if group:
        yield group


def _pieces(batch: Batch) -> Iterator[Block]:
    """A large file in pieces: each new record's repeat stays in its piece."""
    step = _GROUP_ROWS * 2
    first = batch.ranges[0]
    for start in range(first.start, first.stop, step):
        stop = min(start + step, first.stop)
        yield Block(batch, tuple(_cut(r, start, stop) for r in batch.ranges if r.stop > start))


def _cut(r: Range, start: int, stop: int) -> Range:
    at = max(start, r.start)
    return Range(r.role, at, min(stop, r.stop), r.sent, r.numbers_from + at - r.start, r.skip)


def _make_room(out: Path) -> None:
    """An empty folder, or one of ours emptied; anything else is refused."""
    if out.exists() and not out.is_dir():
        raise SynthWrongUse("输出位置已有同名文件，请换一个目录。")
    if out.is_dir() and any(out.iterdir()):
        if not (out / _MARK).is_file():
            raise SynthWrongUse("输出目录里有别的内容，请换一个空目录。")
        for name in ("files", "truth", "demo"):
            shutil.rmtree(out / name, ignore_errors=True)
        for name in (NAME, "register.csv"):
            (out / name).unlink(missing_ok=True)
    for name in ("files", "truth"):
        (out / name).mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text("xinheng synth\n", encoding="utf-8")
