"""What intake refuses. A message names places (row, column, sheet), never the content of a cell."""

from __future__ import annotations

from xinheng.kernel.errors import InternalFailure, Refused, WrongUse


class FileRefused(WrongUse):
    """The file as a whole cannot be read safely. `code` says why and is stable:

    empty-file, not-a-table, renamed-pdf, image-file, old-xls, encrypted-file, macro-file, xlsb-file, ods-file, zip-file,
    broken-zip, zip-bomb, sheet-too-large, bad-encoding, binary-file, line-too-long, header-not-found,
    duplicate-columns, file-changed, file-missing, mapping-unknown-field, mapping-twice, mapping-too-large.
    """

    code = "file-refused"


class NothingToMend(WrongUse):
    """Rows that did not come back, or fields that are not the item's."""

    code = "nothing-to-mend"


class CorrectionRefused(Refused):
    """A correction that breaks the item's rules, changes nothing, or concerns what no longer stands.

    `problems` tells each broken rule: field, code, message, remedy.
    """

    code = "correction-refused"

    def __init__(self, message: str, *, problems: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class EntryRefused(Refused):
    """A row decided here that breaks the item's rules, or whose decision is on file. `problems` as above."""

    code = "entry-refused"

    def __init__(self, message: str, *, problems: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NilReturnRefused(Refused):
    """A month that has not begun or in which rows came in."""

    code = "nil-return-refused"


class SourceRefused(Refused):
    """The sender is not a body that may report."""

    code = "source-refused"


class ItemUnknown(WrongUse):
    """No catalogue item of that code in the pack in force."""

    code = "item-unknown"


class NoSuchBatch(WrongUse):
    """A batch number nobody was given."""

    code = "no-such-batch"


class BatchUnfinished(WrongUse):
    """The batch has rows without an answer yet: take the same file in again and it goes on where it stopped."""

    code = "batch-unfinished"


class BatchBusy(Refused):
    """Another process is taking in the same file; it answers the rows."""

    code = "batch-busy"


class RowsWithheld(InternalFailure):
    """Something broke while rows were in hand. The original error is not carried along: it may quote row values."""

    code = "intake-failed"
