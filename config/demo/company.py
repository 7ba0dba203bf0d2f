"""Units and people of the demo company, and who of them is where."""

from accounts.access import Role
from accounts.models import Absence

PASSWORD = "holdfast-demo"  # noqa: S105  (printed by dev.py run, demo data only)
COMPANY = {"name": "Lianhe Tools", "name_zh": "联禾工具"}

# key: (name, Chinese name, parent, kind, function)
UNITS = {
    "root": ("Lianhe Tools", "联禾工具", None, "company", "office"),
    "sales": ("Sales", "销售部", "root", "department", "sales"),
    "east": ("East team", "华东组", "sales", "team", "sales"),
    "south": ("South team", "华南组", "sales", "team", "sales"),
    "north": ("North team", "华北组", "sales", "team", "sales"),
    "international": ("International sales", "国际业务部", "root", "department", "sales"),
    "europe": ("Europe team", "欧洲组", "international", "team", "sales"),
    "pacific": ("Pacific team", "亚太美洲组", "international", "team", "sales"),
    "line": ("Service line", "客服专线", "root", "department", "service_line"),
    "technical": ("Technical", "技术部", "root", "department", "technical"),
    "logistics": ("Logistics", "物流部", "root", "department", "logistics"),
    "marketing": ("Marketing", "市场部", "root", "department", "marketing"),
    "finance": ("Finance", "财务部", "root", "department", "finance"),
    "hr": ("Human resources", "人力资源部", "root", "department", "hr"),
}

# login: (name, Latin name, roles, unit, head of it?, language, days since they joined)
PEOPLE = {
    "director": ("孙岚", "Sun Lan", [Role.DIRECTOR], "root", True, "en", 1900),
    "head.sales": ("赵敏", "Zhao Min", [Role.HEAD_OF_SALES], "sales", True, "en", 1850),
    "lead.east": ("何军", "He Jun", [Role.TEAM_LEAD], "east", True, "en", 1790),
    "rep.east": ("李伟", "Li Wei", [Role.REP], "east", False, "en", 1410),
    "chen.jie": ("陈洁", "Chen Jie", [Role.REP], "east", False, "zh-hans", 1320),
    "zhou.ting": ("周婷", "Zhou Ting", [Role.REP], "east", False, "zh-hans", 930),
    "xu.lei": ("徐磊", "Xu Lei", [Role.REP], "east", False, "zh-hans", 610),
    "mo.fan": ("莫凡", "Mo Fan", [Role.REP], "east", False, "zh-hans", 1180),
    "jin.yu": ("金钰", "Jin Yu", [Role.REP], "east", False, "zh-hans", 160),
    "guo.rui": ("郭锐", "Guo Rui", [Role.REP], "east", False, "zh-hans", 1500),
    "lead.south": ("钱莉", "Qian Li", [Role.TEAM_LEAD], "south", True, "en", 1770),
    "rep.south": ("吴昊", "Wu Hao", [Role.REP], "south", False, "en", 1290),
    "huang.yan": ("黄燕", "Huang Yan", [Role.REP], "south", False, "zh-hans", 1210),
    "deng.kai": ("邓凯", "Deng Kai", [Role.REP], "south", False, "zh-hans", 790),
    "luo.min": ("罗敏", "Luo Min", [Role.REP], "south", False, "zh-hans", 1020),
    "lin.shan": ("林珊", "Lin Shan", [Role.REP], "south", False, "zh-hans", 430),
    "lead.north": ("韩松", "Han Song", [Role.TEAM_LEAD], "north", True, "zh-hans", 1640),
    "ma.chao": ("马超", "Ma Chao", [Role.REP], "north", False, "zh-hans", 1260),
    "song.jia": ("宋佳", "Song Jia", [Role.REP], "north", False, "zh-hans", 980),
    "cao.yang": ("曹阳", "Cao Yang", [Role.REP], "north", False, "zh-hans", 560),
    "tian.rui": ("田蕊", "Tian Rui", [Role.REP], "north", False, "zh-hans", 240),
    "head.international": ("沈逸", "Shen Yi", [Role.DEPARTMENT_HEAD], "international", True, "en", 1690),
    "lead.europe": ("贺琳", "He Lin", [Role.TEAM_LEAD], "europe", True, "en", 1550),
    "rep.europe": ("丁一", "Ding Yi", [Role.REP], "europe", False, "en", 1240),
    "nora.brandt": ("娜拉", "Nora Brandt", [Role.REP], "europe", False, "en", 870),
    "ye.qing": ("叶青", "Ye Qing", [Role.REP], "europe", False, "zh-hans", 510),
    "lead.pacific": ("卢凯", "Lu Kai", [Role.TEAM_LEAD], "pacific", True, "en", 1480),
    "rep.pacific": ("谭薇", "Tan Wei", [Role.REP], "pacific", False, "en", 1150),
    "sam.walsh": ("山姆", "Sam Walsh", [Role.REP], "pacific", False, "en", 700),
    "he.miao": ("何淼", "He Miao", [Role.REP], "pacific", False, "zh-hans", 460),
    "lead.line": ("姜涛", "Jiang Tao", [Role.SERVICE], "line", True, "zh-hans", 1610),
    "service": ("高云", "Gao Yun", [Role.SERVICE], "line", False, "en", 1450),
    "pan.ning": ("潘宁", "Pan Ning", [Role.SERVICE], "line", False, "zh-hans", 1390),
    "yao.xin": ("姚欣", "Yao Xin", [Role.SERVICE], "line", False, "zh-hans", 330),
    "lead.technical": ("程峰", "Cheng Feng", [Role.SUPPORT], "technical", True, "zh-hans", 1580),
    "support.technical": ("林涛", "Lin Tao", [Role.SUPPORT], "technical", False, "en", 1120),
    "support.logistics": ("苏航", "Su Hang", [Role.SUPPORT], "logistics", True, "zh-hans", 1360),
    "marketing": ("白露", "Bai Lu", [Role.SUPPORT], "marketing", True, "zh-hans", 760),
    "lead.finance": ("潘虹", "Pan Hong", [Role.FINANCE], "finance", True, "zh-hans", 1720),
    "finance": ("唐静", "Tang Jing", [Role.FINANCE], "finance", False, "en", 1300),
    "ming.yue": ("明月", "Ming Yue", [Role.EMPLOYEE], "finance", False, "zh-hans", 390),
    "hr": ("胡蓉", "Hu Rong", [Role.HR], "hr", True, "en", 1660),
    "legal": ("段清", "Duan Qing", [Role.LEGAL], "root", False, "zh-hans", 1080),
    "auditor": ("方圆", "Fang Yuan", [Role.AUDITOR], "root", False, "en", 1340),
    "admin": ("于洋", "Yu Yang", [Role.ADMINISTRATOR], "root", False, "en", 1700),
    "it": ("蒋力", "Jiang Li", [Role.IT], "root", False, "zh-hans", 900),
}  # fmt: skip

# Who was elsewhere before: login: (unit, head of it?, days ago at which that ended).
BEFORE = {
    "head.sales": ("east", True, 700),
    "lead.east": ("east", False, 700),
    "lead.north": ("south", False, 820),
    "lead.pacific": ("europe", False, 640),
    "ye.qing": ("north", False, 220),
}
ON_NOTICE = "mo.fan"
LEFT = ("guo.rui", 150)  # and how many days ago
AWAY = "zhou.ting"  # on leave now: her backups act
Kind = Absence.Kind
# (login, kind, first day and last day counted from today, note)
ABSENCES = [
    (AWAY, Kind.LEAVE, 0, 8, "Annual leave"),
    ("pan.ning", Kind.SICK, 0, 2, ""),
    ("lead.pacific", Kind.TRAVEL, 0, 4, "Trade fair in Sydney"),
    ("deng.kai", Kind.TRAINING, 5, 6, "Product training"),
    ("song.jia", Kind.LEAVE, 9, 16, "Annual leave"),
    ("rep.europe", Kind.TRAVEL, 12, 19, "Visits in Bavaria"),
]

# The fixed logins that `dev.py run` prints.
LOGINS = [
    "rep.east", "rep.south", "lead.east", "lead.south", "head.sales", "service",
    "support.technical", "finance", "hr", "director", "auditor", "admin",
]  # fmt: skip
