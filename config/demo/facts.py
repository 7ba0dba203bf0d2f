"""What the files of the demo company say: fuller for large customers, older where nobody calls."""

import random
from datetime import timedelta

from accounts import audit
from crm.models import Customer, Fact
from crm.selectors import file_fields
from crm.selectors.file_fields import COMPUTED, KEY_PERSONS, STAFF
from crm.services import customer_file

DAY = timedelta(days=1)
FILLED = {"A": 1.0, "B": 0.95, "C": 0.8}  # share of the required fields that have a value
MORE = 0.3  # share of the others
# By field: what is said in Chinese, and in English. {n} is a number.
SAID = {
    "parent_group": (["无上级集团", "隶属市属国资集团", "家族控股，总部在本地"],
                     ["No parent", "Family holding, local head office", "Part of a listed group"]),
    "sites": ([["总厂：收货 8:00–16:30", "二车间：仅上午收货"], ["厂区仓库，收货到 17:00"]],
              [["Main works, goods in 7:00–15:00", "Spare parts store, by appointment"], ["Works, goods in until 16:00"]]),
    "site_access": (["门岗登记身份证，找仓库", "进厂需安全帽和反光背心", "提前一天报车牌"],
                    ["Register at the gate, safety shoes", "Badge at reception, ask for purchasing"]),
    "founded_year": ([1994, 2003, 2011, 2017], [1968, 1987, 1999, 2008]),
    "business_scope": (["液压件加工与维修", "汽车零部件机加工", "五金工具批发，兼做小批量加工", "非标设备设计制造"],
                       ["Machines parts for pumps and valves", "Wholesale of tools and fasteners", "Builds special machines to order"]),
    "main_line": (["总机 0，转采购；公共邮箱见名片", "前台座机可转各部门", "采购公共邮箱，工作日回复"],
                  ["Switchboard, ask for purchasing", "Shared mailbox of purchasing"]),
    "main_products": ([["液压缸 六成", "阀块 三成", "维修 一成"], ["轴类 五成", "法兰 三成"]],
                      [["Valves 60 %", "Spare parts 30 %", "Repair 10 %"], ["Shafts 50 %", "Flanges 30 %"]]),
    "end_markets": (["工程机械主机厂，华东为主", "出口东南亚约三成", "本地汽配厂"],
                    ["Machine builders in the region", "Water utilities, a third for export"]),
    "bought_from_us": ([["立铣刀 每月 {n} 支", "刀片 每季 {n} 盒"], ["钻头 每月 {n} 支"]],
                       [["End mills, {n} a month", "Inserts, {n} boxes a quarter"], ["Drills, {n} a month"]]),
    "not_bought": ([["夹具：习惯用旧供应商"], ["切削液：价格"]], [["Chucks: habit"], ["Coolant: price"]]),
    "competitors": ([["本地代理商甲，约四成，交货快"], ["进口品牌直供，质量稳定"]],
                    [["A local dealer, 40 %, faster delivery"], ["An imported brand, steady quality"]]),
    "criteria": ([["交期", "价格", "质量"], ["质量", "账期", "服务"]],
                 [["Delivery", "Price", "Quality"], ["Quality", "Terms", "Service"]]),
    "seasonality": (["三月和九月为高峰，提前六周下单", "年底停产两周", "无明显淡旺季"],
                    ["Peaks in March and September, ordered six weeks ahead", "Shutdown in August"]),
    "plans": (["明年上新产线，设备清单二季度定", "计划搬到新厂区", "暂无扩产计划"],
              ["New line next year, list in the second quarter", "No expansion planned"]),
    "problems": (["换刀时间太长", "交期不稳，影响排产", "小批量订单价格高"],
                 ["Tool changes take too long", "Uneven delivery upsets planning"]),
    "work_goals": (["全年降本百分之五", "保证新线按期投产", "库存周转提高"],
                   ["Cut cost by five per cent this year", "Start the new line on time"]),
    "contact_preference": (["工作日上午打电话，急事发企业微信", "先发邮件，再约时间", "不喜欢临时到访"],
                           ["Mail first, then a call", "Mornings by phone"]),
    "professional_interests": (["刀具寿命管理", "精益生产，常参加行业展会"], ["Tool life management", "Lean production"]),
    "avoid": (["对方规定不收礼品", "不谈竞争对手的报价", "午休时间不打扰"],
              ["No gifts under their rules", "Not during shift change"]),
    "deputy": (["采购主管代班", "由设备科长代理"], ["The purchasing lead stands in", "The plant engineer"]),
    "invoice_data": (["按开票资料卡，抬头为企业全称", "抬头与合同一致，税号见合同"],
                     ["As on the contract, VAT number there", "Head office address, order number required"]),
    "invoice_rules": (["每月 25 日前交票，附订单号和签收单", "通过供应商平台上传"],
                      ["By the 25th with order number and receipt", "Through their portal"]),
    "terms_days": ([30, 60, 90], [14, 30, 45]),
    "reconciliation": (["每月 5 日，对方财务确认", "每季对账一次"], ["Monthly on the 5th, their finance", "Quarterly"]),
    "pay_runs": (["每月 15 日和月底付款", "周五付款，年底两周不付"], ["Weekly run on Friday", "On the 15th"]),
    "approval_path": ([["采购申请", "财务经理，约三天", "总经理，约两天"]], [["Purchasing", "Finance manager, three days", "Managing director"]]),
    "deductions": (["年底按量返利百分之一，合同约定", "无"], ["One per cent yearly rebate, in the contract", "None"]),
    "disputes": ([["运费一笔，已商定，待补票"], ["无未决争议"]], [["None open"], ["One freight charge, settled"]]),
    "security": (["无担保", "合同含所有权保留条款"], ["Retention of title", "None"]),
    "duty": (["下订单、催交期", "收货签收", "核对发票和对账", "试刀和技术确认"],
             ["Places orders", "Signs receipts", "Checks invoices", "Approves trials"]),
    "may_confirm": ([["交期", "签收"], ["价格"], ["余额"]], [["Date", "Receipt"], ["Price"], ["Balance"]]),
    "stands_in": (["同组同事", "仓库班长"], ["Colleague in the office", "Shift lead"]),
    "helps": (["送货单注明订单号", "到货前一天电话通知"], ["Order number on the label", "A call the day before"]),
}  # fmt: skip
NOTED = {
    "trend": (["近三个月订单比去年同期多一成", "新客户带来的订单"], ["Orders up ten per cent on last year", "A new customer of theirs"]),
    "attitude": (["上次交期问题处理后主动致谢", "要求我方多派技术人员"], ["Thanked us after the delivery case", "Wants more technical help"]),
    "revenue_band": (["公开数据", "对方采购口述"], ["Published figures", "Told by purchasing"]),
}  # fmt: skip
SOURCES = ["visit"] * 5 + ["call", "call", "customer", "document", "colleague"]
MONEY = {"category_spend": (80_000, 3_000_000), "authority_limit": (20_000, 500_000),
         "credit_limit": (50_000, 1_500_000)}  # fmt: skip


def write(files, people, days):
    """Write the facts of all files, each by the account manager of its time."""
    chance = random.Random(31)  # noqa: S311  (a demo, no secret)
    parts, by_person = file_fields.parts(), {}
    for file in files:
        if file.customer.kind == Customer.Kind.ORGANISATION:
            for fact in of_file(file, parts, days, chance):
                login = file.manager_at(fact.confirmed_at)
                fact.confirmed_by = people[login]
                by_person.setdefault(login, []).append(fact)
    for login, rows in sorted(by_person.items()):
        with audit.verb("customer_file.save", people[login]):
            customer_file.insert(rows, when=lambda fact: fact.confirmed_at)


def of_file(file, parts, days, chance):
    """The facts of one customer."""
    care = chance.uniform(0.75, 1.08)
    here = [(contact, place) for contact, place, _channels in file.contacts if not place.ended_on]
    for part in parts:
        if not part.repeats:
            yield from of_subject(file, part, None, days, (chance, care))
            continue
        for contact, place in here:
            if place.is_key_person == (part.id == KEY_PERSONS) and part.id in (KEY_PERSONS, STAFF):
                yield from of_subject(file, part, contact, days, (chance, care))


def of_subject(file, part, contact, days, how):
    """The facts of one part, of the customer or of one person there."""
    chance, care = how
    tier = file.customer.tier
    for one in part.fields:
        share = FILLED[tier] * care if tier in one.required else MORE * care
        if chance.random() > share:
            continue
        value = None if one.is_kept_elsewhere else value_of(file, one, chance)
        if (value is None) != one.is_kept_elsewhere or one.id in COMPUTED:
            continue
        fact = Fact(customer=file.customer, contact=contact, field=one.id, guard=part.guard,
                    source=chance.choice(SOURCES), confirmed_at=when(file, one, days, chance))  # fmt: skip
        fact.put(value, "" if value is None else note_of(file, one, chance))
        yield fact


def value_of(file, one, chance):
    """A value as it would be said of this customer, or None."""
    if one.id in SAID:
        said = chance.choice(SAID[one.id][0 if file.chinese else 1])
        number = str(chance.choice([20, 40, 60, 120, 200]))
        if isinstance(said, list):
            return [line.replace("{n}", number) for line in said]
        return said.replace("{n}", number) if isinstance(said, str) else said
    if one.kind == "choice":
        return chance.choice(one.options)[0]
    if one.id in MONEY:
        least, most = MONEY[one.id]
        amount = round(chance.uniform(least, most) / 10_000) * 10_000 or 10_000
        return {"amount": amount, "currency": "CNY" if file.chinese else "EUR"}
    if one.id == "registration_no":
        return registration(file, chance)
    if one.id == "customer_since":
        return (file.began + 30 * DAY).date().isoformat()
    if one.kind == "percent":
        return chance.randrange(5, 70, 5)
    return None


def registration(file, chance):
    """A number in the right form with a wrong check digit, so that no firm has it."""
    digits = "".join(str(chance.randrange(10)) for _ in range(13))
    return f"9131{digits}O"[:18] if file.chinese else f"HRB {digits[:5]}"


def note_of(file, one, chance):
    """A note where the file asks for one."""
    notes = NOTED.get(one.id)
    return chance.choice(notes[0 if file.chinese else 1]) if notes else ""


def when(file, one, days, chance):
    """When it was confirmed: mostly within its interval, sometimes long ago."""
    old = chance.random()
    most = one.refresh_days * (0.9 if old < 0.88 else 1.8 if old < 0.97 else 3)
    age = min(chance.uniform(1, most), max(days.age(file.began) - 1, 0.5))
    return max(days.ago(age, chance), file.began)
