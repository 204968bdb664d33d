"""The two loops that run for every name asked, compiled: finding candidates, and laying two names side by side.

Both work on arrays that several threads may share; what they write belongs to the caller. Nothing here knows what a
feature or a part means.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Costs of laying one name over another, in tenths of a wrong character; and of one letter for another, in tenths of a
# nat of how unlikely a scanner or a typist does it
LOOKS_COST, SOUNDS_COST, WRONG_COST, GAP_COST, SWAP_COST = 3, 4, 10, 6, 6
LETTER_LOOKS, LETTER_SOUNDS, LETTER_WRONG, LETTER_MISSING = 45, 55, 90, 45
LETTER_EXTRA, LETTER_DOUBLED, LETTER_SWAPPED = 90, 40, 45
LONGEST = 60
N_SAME, N_LOOKS, N_SOUNDS, N_WRONG, N_MISSING, N_EXTRA = range(6)


@njit(nogil=True, cache=True)
def gather(
    places: np.ndarray, ends: np.ndarray, indptr: np.ndarray, docs: np.ndarray, weight: np.ndarray, norm: np.ndarray,
    dead: np.ndarray, limit: int, acc: np.ndarray, touched: np.ndarray, out: np.ndarray, score: np.ndarray,
) -> None:  # fmt: skip
    """For each query the documents that share its rarest features.

    `places[ends[q]:ends[q+1]]` are the features of query q as places in the index. Postings are read from the rarest
    feature on until `limit` of them are read (the rarest is always read); a document's score is what it shares, by what
    both have. `out[q]` and `score[q]` hold the best
    documents, best first, -1 for none; `acc` (zeros, one a document) and `touched` are scratch.
    """
    width = out.shape[1]
    order = np.empty(512, dtype=np.int64)
    for query in range(len(ends) - 1):
        count = 0
        for at in range(ends[query], min(ends[query + 1], ends[query] + 512)):
            place = places[at]
            size = indptr[place + 1] - indptr[place]
            back = count
            while back > 0 and indptr[order[back - 1] + 1] - indptr[order[back - 1]] > size:
                order[back] = order[back - 1]
                back -= 1
            order[back] = place
            count += 1
        read = 0
        seen = 0
        all_ = np.float32(0.0)
        for rank in range(count):
            all_ += weight[order[rank]]
        for rank in range(count):
            place = order[rank]
            if rank > 0 and order[rank - 1] == place:
                continue
            size = indptr[place + 1] - indptr[place]
            if rank > 0 and read + size > limit:
                break
            read += size
            more = weight[place]
            for at in range(indptr[place], indptr[place + 1]):
                doc = docs[at]
                if acc[doc] == 0.0:
                    touched[seen] = doc
                    seen += 1
                acc[doc] += more
        kept = 0
        for at in range(seen):
            doc = touched[at]
            value = acc[doc] / (norm[doc] + all_)
            acc[doc] = 0.0
            if dead[doc]:
                continue
            if kept == width and value <= score[query, width - 1]:
                continue
            back = kept if kept < width else width - 1
            while back > 0 and score[query, back - 1] < value:
                score[query, back] = score[query, back - 1]
                out[query, back] = out[query, back - 1]
                back -= 1
            score[query, back] = value
            out[query, back] = doc
            if kept < width:
                kept += 1
        for at in range(kept, width):
            out[query, at] = -1
            score[query, at] = 0.0


@njit(nogil=True, cache=True)
def _spread(
    chars: np.ndarray, labels: np.ndarray, start: int, stop: int, shape: np.ndarray, sound: np.ndarray, row: np.ndarray,
    out: np.ndarray,
) -> int:  # fmt: skip
    """Writes per character that belongs to a part: itself, its part, shape, sound, row of look-alikes; says how many."""
    count = 0
    for at in range(start, stop):
        if labels[at] == 0 or count == LONGEST:
            continue
        char = np.int64(chars[at])
        out[count, 0] = char
        out[count, 1] = labels[at]
        # Beyond the basic plane a character is like itself only
        basic = char < len(shape)
        out[count, 2] = shape[char] if basic else char
        out[count, 3] = sound[char] if basic else char
        out[count, 4] = row[char] if basic else 0
        count += 1
    return count


@njit(nogil=True, cache=True)
def align(
    asked: np.ndarray, held: np.ndarray, a_chars: np.ndarray, a_labels: np.ndarray, a_starts: np.ndarray,
    h_chars: np.ndarray, h_labels: np.ndarray, h_starts: np.ndarray,
    shape: np.ndarray, sound: np.ndarray, row: np.ndarray, near: np.ndarray, counts: np.ndarray,
) -> None:  # fmt: skip
    """Lays asked[i] over held[i] and counts, per part of the held name, how its characters are met.

    `counts[i, part, what]`: characters of the part that are met the same, look alike, sound alike, wrong, missing;
    and, as extra, asked characters of that part that stand for nothing held. Characters without a part (label 0) are
    passed over.
    """
    cost = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.int32)
    step = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.int8)
    kind = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.int8)
    one = np.empty((LONGEST, 5), dtype=np.int64)
    two = np.empty((LONGEST, 5), dtype=np.int64)
    prices = np.array([0, LOOKS_COST, SOUNDS_COST, WRONG_COST], dtype=np.int32)
    last = -1
    height = 0
    for pair in range(len(asked)):
        if asked[pair] != last:
            last = asked[pair]
            height = _spread(a_chars, a_labels, a_starts[last], a_starts[last + 1], shape, sound, row, one)
        width = _spread(
            h_chars, h_labels, h_starts[held[pair]], h_starts[held[pair] + 1], shape, sound, row, two
        )
        for i in range(height + 1):
            cost[i, 0] = i * GAP_COST
            step[i, 0] = 1
        for j in range(width + 1):
            cost[0, j] = j * GAP_COST
            step[0, j] = 2
        for i in range(1, height + 1):
            char, part, look, heard, line = one[i - 1]
            for j in range(1, width + 1):
                other = two[j - 1, 0]
                if char == other:
                    what = N_SAME
                elif look == two[j - 1, 2]:
                    what = N_LOOKS
                else:
                    what = N_SOUNDS if heard == two[j - 1, 3] else N_WRONG
                    mate = two[j - 1, 4]
                    if line and mate and near[line, mate >> 3] >> (mate & 7) & 1:
                        what = N_LOOKS
                kind[i, j] = what
                best = cost[i - 1, j - 1] + prices[what]
                if part != two[j - 1, 1]:
                    best += 1
                way = 0
                if cost[i - 1, j] + GAP_COST < best:
                    best = cost[i - 1, j] + GAP_COST
                    way = 1
                if cost[i, j - 1] + GAP_COST < best:
                    best = cost[i, j - 1] + GAP_COST
                    way = 2
                swapped = (
                    what != N_SAME and i > 1 and j > 1 and char == two[j - 2, 0] and other == one[i - 2, 0]
                )
                if swapped and cost[i - 2, j - 2] + SWAP_COST < best:
                    best = cost[i - 2, j - 2] + SWAP_COST
                    way = 3
                cost[i, j] = best
                step[i, j] = way
        i = height
        j = width
        while i > 0 or j > 0:
            way = step[i, j]
            if way == 0:
                counts[pair, two[j - 1, 1] - 1, kind[i, j]] += 1
                i -= 1
                j -= 1
            elif way == 1:
                counts[pair, one[i - 1, 1] - 1, N_EXTRA] += 1
                i -= 1
            elif way == 2:
                counts[pair, two[j - 1, 1] - 1, N_MISSING] += 1
                j -= 1
            else:
                counts[pair, two[j - 1, 1] - 1, N_LOOKS] += 1
                counts[pair, two[j - 2, 1] - 1, N_LOOKS] += 1
                i -= 2
                j -= 2


@njit(nogil=True, cache=True)
def channel(
    asked: np.ndarray, held: np.ndarray, a_chars: np.ndarray, a_labels: np.ndarray, a_starts: np.ndarray,
    h_chars: np.ndarray, h_labels: np.ndarray, h_starts: np.ndarray,
    shape: np.ndarray, sound: np.ndarray, row: np.ndarray, near: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """`out[i]`: what it costs to make asked[i] out of held[i] letter by letter, whatever part a letter belongs to."""
    one = np.empty((LONGEST, 5), dtype=np.int64)
    two = np.empty((LONGEST, 5), dtype=np.int64)
    lines = np.empty((3, LONGEST + 1), dtype=np.int32)
    last = -1
    height = 0
    for pair in range(len(asked)):
        if asked[pair] != last:
            last = asked[pair]
            height = _spread(a_chars, a_labels, a_starts[last], a_starts[last + 1], shape, sound, row, one)
        width = _spread(
            h_chars, h_labels, h_starts[held[pair]], h_starts[held[pair] + 1], shape, sound, row, two
        )
        above, line, spare = 0, 1, 2
        for j in range(width + 1):
            lines[above, j] = j * LETTER_MISSING
        for i in range(1, height + 1):
            char, _, look, heard, place = one[i - 1]
            doubled = i > 1 and one[i - 2, 0] == char
            extra = LETTER_DOUBLED if doubled else LETTER_EXTRA
            lines[line, 0] = lines[above, 0] + extra
            for j in range(1, width + 1):
                other = two[j - 1, 0]
                price = LETTER_WRONG
                if char == other:
                    price = 0
                elif look == two[j - 1, 2]:
                    price = LETTER_LOOKS
                else:
                    if heard == two[j - 1, 3]:
                        price = LETTER_SOUNDS
                    mate = two[j - 1, 4]
                    if place and mate and near[place, mate >> 3] >> (mate & 7) & 1:
                        price = LETTER_LOOKS
                best = lines[above, j - 1] + price
                best = min(best, lines[above, j] + extra)
                best = min(best, lines[line, j - 1] + LETTER_MISSING)
                if price > 0 and i > 1 and j > 1 and char == two[j - 2, 0] and other == one[i - 2, 0]:
                    # `spare` still holds the line before the last
                    best = min(best, lines[spare, j - 2] + LETTER_SWAPPED)
                lines[line, j] = best
            above, line, spare = line, spare, above
        out[pair] = lines[above, width]
