"""The review as a document: what happened, who had it, what was late, what was learnt and what is to change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.accountability.mobilisation import hand_name, sentences
from core.accountability.review import ReviewView
from core.accountability.review_words import ReviewWords
from core.accountability.upward import Papers
from core.exchange.documents import Document, Section
from data.errors import NotAllowed
from data.queries import tickets
from data.terms import Grade, TaskRole, TaskState

Title = Callable[[str], str]


def review_document(papers: Papers, view: ReviewView, figure: Sequence[str], title_of: Title) -> Document:
    """The review of a ticket; `figure` is its chart, `title_of` says what a kind of event is called.

    Raises NotAllowed for a confidential ticket that is to be masked.
    """
    ticket, language = view.ticket, papers.language
    if ticket["confidential"] and not papers.full:
        raise NotAllowed(
            "confidential",
            f"{ticket['code']} 是保密事件，须有权限并说明原因后出具完整内容。",
            f"{ticket['code']} is confidential: it is written in full only, by those who may, with a reason.",
        )
    words = ReviewWords(language, papers.facts.zone, papers.text)
    say = words.say
    late = [words.late(item) for item in view.late] or [("", say("没有超期。", "Nothing was late."))]
    held = [(words.hands(kind, name), words.span(seconds)) for kind, name, seconds in view.held]
    sections = [
        Section("", _facts(papers, view, words)),
        Section(say("时间轴", "Timeline"), (), figure),
        Section(say("承办各方", "Hands"), _hands(view, words)),
        Section(say("经过", "What happened"), _course(papers, view, words, title_of)),
        Section(say("超期与归属", "What was late and whose it was"), late),
        Section(say("在谁手中多久", "Who held it for how long"), held),
        *(Section(say(f"复盘 {row.no}", f"Review {row.no}"), words.review(row)) for row in view.reviews),
        Section(say("经验教训", "Lessons"), [words.lesson(row) for row in view.lessons]),
        Section(say("整改任务", "Follow-up tasks"), [words.follow_up(row, view.now) for row in view.follow_ups]),
    ]
    title = say(f"{papers.facts.name}复盘报告 {ticket['code']}", f"After-action review {ticket['code']}")
    return Document(title, [section for section in sections if section.rows or section.figure])


def _facts(papers: Papers, view: ReviewView, words: ReviewWords) -> list[tuple[str, str]]:
    ticket, say = view.ticket, words.say
    grade = next((item.label(words.language) for item in Grade if item == ticket["facts"].get("grade")), "")
    place = " ".join(part for part in (ticket["community_name"] or "", papers.place(ticket["address"])) if part)
    rows = [
        (say("事件", "ticket"), papers.text(ticket["title"])),
        (say("等级", "grade"), grade),
        (say("地点", "place"), place),
        (say("上报", "reported"), words.at(ticket["reported_at"])),
        (say("办结", "completed"), words.at(ticket["completed_at"]) if ticket["completed_at"] else ""),
        (say("结果", "outcome"), papers.text(ticket["outcome"] or "")),
        (say("调动", "mobilised"), "\n".join(sentences(view.mobilised, words.language))),
    ]
    return [(label, said) for label, said in rows if said]


def _hands(view: ReviewView, words: ReviewWords) -> list[tuple[str, str]]:
    say, rows = words.say, []
    for line in view.mobilised.hands:
        times = [
            f"{label} {words.at(at)}"
            for label, at in (
                (say("派出", "sent"), line.sent_at),
                (say("签收", "acknowledged"), line.acknowledged_at),
                (say("到场", "arrived"), line.arrived_at),
                (say("完成", "finished") if line.state == TaskState.DONE else say("结束", "ended"), line.done_at),
            )
            if at is not None
        ]
        people = say(f"{line.people} 人", f"{line.people} people") if line.people else ""
        said = [say("，", ", ").join(times), people, words.text(line.result or line.reason)]
        rows.append(
            (
                f"{TaskRole(line.role).label(words.language)} {hand_name(line, words.language)}",
                "\n".join(part for part in said if part),
            )
        )
    return rows


def _course(papers: Papers, view: ReviewView, words: ReviewWords, title_of: Title) -> list[tuple[str, str]]:
    """Every deed and call in order; steps of the ladder stand in the chart."""
    found: list[tuple[int, int, str]] = []
    for event in tickets.events(papers.reader, papers.centre, view.ticket["id"]):
        if event["kind"] == "engine_step":
            continue
        body = event["body"]
        said = next((str(body[name]) for name in ("text", "note", "reason", "outcome", "result") if body.get(name)), "")
        who = event["actor_name"] or event["actor"]
        found.append((event["at"], 0, f"{title_of(event['kind'])} {who} {words.text(said)}".rstrip()))
    for call in view.calls:
        course = papers.field("course", call.course)
        found.append((call.at, 1, f"{words.say('来电', 'call')} {papers.place(call.place)} {course}".rstrip()))
    return [(words.at(at), said) for at, _order, said in sorted(found)]
