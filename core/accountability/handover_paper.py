"""The handover as a document: to be printed, signed by hand where that is asked for, and filed."""

from __future__ import annotations

from core.accountability.handover import HandoverView
from core.accountability.handover_words import HandoverWords
from core.accountability.head import Head, hash_lines, head_lines
from core.exchange.documents import Document, Section
from data.handover_terms import HandoverPart, HandoverState

Rows = list[tuple[str, str]]


def handover_document(view: HandoverView, language: str) -> Document:
    """A handover with its pack, its notes, and the head of the log as an anchor outside the box."""
    pack = view.pack
    words = HandoverWords(language, pack["centre"]["zone"])
    say = words.say
    found = pack["head"]
    anchor = Head(
        pack["centre"]["code"], pack["centre"]["name"], pack["centre"]["zone"], found["number"], found["hash"], None
    )
    lists = [_list(words, part, view) for part in HandoverPart if pack["counts"][part]]
    notes = [
        (f"{note.ticket or say('总体', 'in general')}", f"{note.words}\n{note.officer} {words.at(note.at)}")
        for note in view.notes
    ]
    sections = [
        Section("", _facts(view, words)),
        Section(say("移交说明", "Notes"), notes),
        Section(say("各环节", "By stage"), [("", words.stages(pack["stages"]))] if pack["stages"] else []),
        Section(say("在谁手中", "Who holds them"), _holders(view, words)),
        *lists,
        Section(say("签字", "Signatures"), _signatures(view, words)),
        Section(
            say("日志链头（制作时）", "Head of the log when it was made"),
            [(say("交接包校验", "hash of the pack"), view.line.pack_hash)],
            [line for line in head_lines(anchor, language) if anchor.hash] + _other_heads(view, words),
        ),
    ]
    number = view.line.number
    title = say(f"{pack['centre']['name']}交接班记录 第 {number} 号", f"Handover {number} of {pack['centre']['name']}")
    return Document(title, [section for section in sections if section.rows or section.figure])


def _other_heads(view: HandoverView, words: HandoverWords) -> list[str]:
    """The heads of the other two logs; a pack of an older release has none."""
    titles = {
        "organisation": words.say("机构变更链头", "head of the changes of the organisation"),
        "access": words.say("访问记录链头", "head of the access log"),
    }
    lines = []
    for log, kept in view.pack.get("heads", {}).items():
        number, _, digest = kept.partition(":")
        if digest:
            lines += ["", f"{titles[log]} {log}:{number}:", *hash_lines(digest)]
    return lines


def _facts(view: HandoverView, words: HandoverWords) -> Rows:
    pack, say = view.pack, words.say
    return [
        (say("状态", "state"), words.state(view.line.state)),
        (say("离岗班次", "leaving shift"), words.shift(pack["shift"])),
        (say("接班班次", "incoming shift"), words.shift(pack["next"])),
        (say("制作", "made"), f"{words.at(pack['at'])} {view.name(view.line.made_by)}"),
        (say("数字", "figures"), words.counts(pack["counts"])),
        (say("平战状态", "mode"), words.emergency(pack["emergency"])),
        (say("引擎", "engine"), words.engine(pack["engine"])),
        (say("备份", "backup"), words.backup(pack["backup"])),
    ]


def _holders(view: HandoverView, words: HandoverWords) -> Rows:
    centre = words.say("中心及领导", "the centre and leaders")
    return [
        (
            holder["name"] or centre,
            words.say(f"未结 {holder['open']}  超期 {holder['late']}", f"open {holder['open']}  late {holder['late']}"),
        )
        for holder in view.pack["holders"]
    ]


def _list(words: HandoverWords, part: HandoverPart, view: HandoverView) -> Section:
    total, lines = view.pack["counts"][part], view.pack["lists"][part]
    rows = [words.line(part, line) for line in lines]
    if total > len(lines):
        more = total - len(lines)
        rows.append(
            (
                words.say(f"另有 {more} 件", f"and {more} more"),
                words.say(
                    f"全部见 zhihui handover export {view.line.number}",
                    f"all of them: zhihui handover export {view.line.number}",
                ),
            )
        )
    return Section(f"{words.part(part)} {total}", rows)


def _signatures(view: HandoverView, words: HandoverWords) -> Rows:
    line, say = view.line, words.say
    rows: Rows = [(say("移交人", "given by"), _signed(words, view.name(line.given_by), line.given_at))]
    if line.state == HandoverState.REFUSED:
        rows.append(
            (
                say("拒绝", "refused by"),
                f"{_signed(words, view.name(line.answered_by), line.answered_at)}\n{line.words}",
            )
        )
        return rows
    said = f"\n{line.words}" if line.words else ""
    rows.append((say("接班人", "signed by"), _signed(words, view.name(line.answered_by), line.answered_at) + said))
    if line.bound:
        rows.append((say("在班人员", "on duty from then"), words.people(view.people(line.bound))))
    return rows


def _signed(words: HandoverWords, name: str, at: int | None) -> str:
    """A name and a time, or the place where they are written by hand."""
    return f"{name} {words.at(at)}" if name else "________"
