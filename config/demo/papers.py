"""Documents of some customers, file exams that were taken, tiers by the formula, contributions noted."""

import io
import random
import uuid
from datetime import timedelta

from accounts import audit
from accounts.models import Unit
from config.demo.company import ON_NOTICE
from config.demo.files import LEADS
from config.demo.visits import SPACE
from crm.models import Contribution, Customer, Document, Exam
from crm.selectors import exam_questions
from crm.selectors import tiers as formula
from crm.services import contributions, customer_documents, exams, tiers
from kit import bulk
from kit.paper import Paper

DAY = timedelta(days=1)
Category, Mark = Document.Category, Exam.Mark
# customer: (kind, title, text, days until it ends, is a picture)
PAPERS = {
    "华东机电": [(Category.CONTRACT, "年度框架协议", "双方就刀具年度供货达成协议，按季结算，账期六十天。", 240, False),
                (Category.QUOTATION, "立铣刀报价单", "立铣刀四刃十毫米，三百支起，含税到厂。", 21, False),
                (Category.MINUTES, "季度会议纪要", "评审交期和库存，确认安全库存一百二十支。", None, True)],
    "博力仪表": [(Category.CONTRACT, "供货合同", "测量用刀具与夹具，按订单交付，账期三十天。", 90, True)],
    "苏星精工": [(Category.MINUTES, "试切纪要", "试切寿命提高三成，设备主管同意扩大试用。", None, True)],
    "Eastport Marine": [(Category.QUOTATION, "Quotation for end mills", "Four flutes, ten millimetres, from three hundred pieces, delivered.", 30, False)],
    "南桥五金": [(Category.CONTRACT, "寄售协议", "两种常用规格寄售，每月末盘点结算。", 365, True)],
}  # fmt: skip
SHARE = 0.03  # of the customers with a backup, who sat an exam last month
KNOWS = 0.72  # how likely an answer is right
REMARK = ("资料齐全，付款部分下周补。", "Complete but for payments; to be added next week.")
# customer: (kind, unit, days ago, evidence)
NOTED = {
    "华东机电": ("introduced", "Marketing", 420, "行业展会名单，展位登记第 18 号"),
    "博力仪表": ("served", "Technical", 200, "现场试切报告，两天"),
    "苏星精工": ("collected", "Finance", 150, "逾期款追回，收款单 RC 编号见备注"),
    "Eastport Marine": ("served", "Logistics", 90, "Express delivery in August, note of their plant manager"),
}  # fmt: skip
BY_HAND = ("南桥五金", "A", 90, "年度框架协议在谈，预计订单翻倍")


def write(files, people, days):
    """All of it. Returns nothing."""
    named = {file.customer.name: file for file in files}
    for name, rows in PAPERS.items():
        for number, row in enumerate(rows):
            document(named[name], people, days, number, row)
    sat(files, people, days)
    for name, row in NOTED.items():
        noted(named[name], people, days, *row)
    points(files)
    name, tier, until, why = BY_HAND
    file = named[name]
    tiers.override(actor=people[LEADS[file.team]], customer=file.customer, tier=tier,
                   until=days.today + until * DAY, reason=why)  # fmt: skip


# -- documents -------------------------------------------------------------------------------------
def document(file, people, days, number, row):
    """One document, added by the account manager some weeks ago; of the first one the paper is kept."""
    category, title, text, ends, picture = row
    actor, at = people[file.manager], days.morning(20 + 9 * number)
    data = photo(number) if picture else paper(title, text, file, at)
    values = {"title": title, "category": category, "note": "", "holder": None if number else actor,
              "valid_until": ends and days.today + ends * DAY}  # fmt: skip
    with audit.happened(at):
        customer_documents.add(
            actor=actor, customer=file.customer, values=values, data=data,
            name=f"{title}.{'png' if picture else 'pdf'}",
            client_uuid=uuid.uuid5(SPACE, f"paper {file.customer.name} {number}"),
        )  # fmt: skip


def paper(title, text, file, at):
    """One page as PDF."""
    sheet = Paper(title, author=file.customer.name, made_at=at, foot=title)
    sheet.title(title)
    sheet.paragraph(f"{file.customer.legal_name or file.customer.name} · {at:%Y-%m-%d}")
    sheet.paragraph(text)
    return sheet.file()


def photo(number):
    """A board with lines on it, as one takes a picture of after a meeting."""
    from PIL import Image, ImageDraw  # slow to import

    image = Image.new("RGB", (640, 420), (236, 240, 238))
    draw = ImageDraw.Draw(image)
    for line in range(9):
        width = 180 + (line * 97 + number * 53) % 380
        draw.line([(40, 50 + line * 40), (40 + width, 50 + line * 40)], fill=(40, 80, 120), width=5)
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


# -- exams -----------------------------------------------------------------------------------------
def sat(files, people, days):
    """Last month's exams of some backups, and their scores; everybody gets the exam of this month."""
    chance = random.Random(43)  # noqa: S311  (a demo, no secret)
    month = (days.today.replace(day=1) - DAY).replace(day=1)
    taken = {}
    for file in sorted(files, key=lambda one: one.customer.pk):
        likely = chance.random() < SHARE or file.customer.name in PAPERS
        if not (likely and is_open(file)) or file.backup in taken:
            continue
        if file.backup_since < days.midnight(month):
            taken[file.backup] = result(file, people, days, month, chance)
    for login, exam in sorted(taken.items()):
        if exam.questions:
            with audit.verb("exams.answer", people[login]):
                exams.insert([exam], lambda row: row.taken_at)
    due(files, people, days, chance)


def due(files, people, days, chance):
    """This month's exam of every backup, about one customer each."""
    month = days.today.replace(day=1)
    last = (month + 31 * DAY).replace(day=1) - DAY
    of_each = {}
    for file in files:
        if is_open(file) and file.backup != ON_NOTICE:
            of_each.setdefault(file.backup, []).append(file)
    exams.tell(bulk.insert([
        Exam(customer=chance.choice(own).customer, examinee=people[login], month=month,
             occasion=Exam.Occasion.MONTHLY, due_on=max(last, days.today + exams.LEAST))
        for login, own in sorted(of_each.items())
    ]))  # fmt: skip


def is_open(file):
    """Whether somebody could be examined about a file: a firm that buys, with a backup."""
    customer = file.customer
    return (
        customer.kind == Customer.Kind.ORGANISATION and customer.status == "active" and file.backup
    )


def result(file, people, days, month, chance):
    """The exam of one backup about one customer, as it came out."""
    examinee = people[file.backup]
    at = days.before(days.at(month + 20 * DAY, days.calendar.starts), 0)
    questions = [question(*row) for row in exam_questions.picked(examinee, file.customer, chance)]
    marks = [mark(one, chance) for one in questions]
    right, asked, parts = exam_questions.totals(questions, marks)
    exam = Exam(
        customer=file.customer, examinee=examinee, occasion=Exam.Occasion.MONTHLY, month=month,
        due_on=month + 27 * DAY, made_at=days.at(month, days.calendar.starts), begun_at=at,
        taken_at=at + timedelta(minutes=9), opens_at=at + 3 * DAY, questions=questions, marks=marks,
        right=right, asked=asked, parts=parts,
    )  # fmt: skip
    if chance.random() < 0.5 and file.manager != file.backup:
        exam.remark, exam.remarked_by = REMARK[0 if file.chinese else 1], people[file.manager]
        exam.remarked_at = at + DAY
    return exam


def question(part, one, contact, fact):
    """A question as it is kept; once an exam is taken nobody is offered answers any more."""
    return {"part": part.id, "field": one.id, "contact": contact, "fact": fact and fact.pk,
            "options": []}  # fmt: skip


def mark(question, chance):
    """What an answer came to: nothing is found where the file says nothing."""
    if question["fact"] is None:
        return Mark.GAP
    if chance.random() < KNOWS:
        return Mark.RIGHT
    return chance.choice([Mark.WRONG, Mark.SKIPPED])


# -- the rest --------------------------------------------------------------------------------------
def noted(file, people, days, kind, unit, ago, evidence):
    """A contribution of a department that nothing else tells."""
    day = max(days.morning(ago), file.began).date()
    contributions.note(
        actor=people[file.manager], customer=file.customer, kind=Contribution.Kind(kind),
        who=Unit.objects.get(name=unit), happened_on=day, evidence=evidence,
    )  # fmt: skip


def points(files):
    """The points of the formula for all, counted as every night."""
    amounts = [now for now, _then in formula.revenues().values() if now > 0]
    tiers.keep([file.customer.pk for file in files], formula.cutoffs(amounts))
