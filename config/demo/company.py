"""Units and people of the demo company."""

from accounts.access import Role

PASSWORD = "holdfast-demo"  # noqa: S105  (printed by dev.py run, demo data only)
COMPANY = {"name": "Lianhe Tools", "name_zh": "联禾工具"}

# key: (name, Chinese name, parent, kind, function)
UNITS = {
    "root": ("Lianhe Tools", "联禾工具", None, "company", "office"),
    "sales": ("Sales", "销售部", "root", "department", "sales"),
    "east": ("East team", "华东组", "sales", "team", "sales"),
    "south": ("South team", "华南组", "sales", "team", "sales"),
    "line": ("Service line", "客服专线", "root", "department", "service_line"),
    "technical": ("Technical", "技术部", "root", "department", "technical"),
    "logistics": ("Logistics", "物流部", "root", "department", "logistics"),
    "finance": ("Finance", "财务部", "root", "department", "finance"),
    "hr": ("Human resources", "人力资源部", "root", "department", "hr"),
}

# login: (name, Latin name, roles, unit, head of it?, language)
PEOPLE = {
    "director": ("孙岚", "Sun Lan", [Role.DIRECTOR], "root", True, "en"),
    "head.sales": ("赵敏", "Zhao Min", [Role.HEAD_OF_SALES], "sales", True, "en"),
    "lead.east": ("何军", "He Jun", [Role.TEAM_LEAD], "east", True, "en"),
    "rep.east": ("李伟", "Li Wei", [Role.REP], "east", False, "en"),
    "chen.jie": ("陈洁", "Chen Jie", [Role.REP], "east", False, "zh-hans"),
    "zhou.ting": ("周婷", "Zhou Ting", [Role.REP], "east", False, "zh-hans"),
    "xu.lei": ("徐磊", "Xu Lei", [Role.REP], "east", False, "zh-hans"),
    "mo.fan": ("莫凡", "Mo Fan", [Role.REP], "east", False, "zh-hans"),
    "lead.south": ("钱莉", "Qian Li", [Role.TEAM_LEAD], "south", True, "en"),
    "rep.south": ("吴昊", "Wu Hao", [Role.REP], "south", False, "en"),
    "huang.yan": ("黄燕", "Huang Yan", [Role.REP], "south", False, "zh-hans"),
    "deng.kai": ("邓凯", "Deng Kai", [Role.REP], "south", False, "zh-hans"),
    "luo.min": ("罗敏", "Luo Min", [Role.REP], "south", False, "zh-hans"),
    "service": ("高云", "Gao Yun", [Role.SERVICE], "line", False, "en"),
    "pan.ning": (
        "潘宁",
        "Pan Ning",
        [Role.SERVICE],
        "line",
        False,
        "zh-hans",
    ),
    "lead.line": ("姜涛", "Jiang Tao", [Role.SERVICE], "line", True, "zh-hans"),
    "support.technical": ("林涛", "Lin Tao", [Role.SUPPORT], "technical", False, "en"),
    "support.logistics": (
        "苏航",
        "Su Hang",
        [Role.SUPPORT],
        "logistics",
        False,
        "zh-hans",
    ),
    "finance": ("唐静", "Tang Jing", [Role.FINANCE], "finance", False, "en"),
    "hr": ("胡蓉", "Hu Rong", [Role.HR], "hr", True, "en"),
    "auditor": ("方圆", "Fang Yuan", [Role.AUDITOR], "root", False, "en"),
    "admin": ("于洋", "Yu Yang", [Role.ADMINISTRATOR], "root", False, "en"),
    "ming.yue": ("明月", "Ming Yue", [Role.EMPLOYEE], "finance", False, "zh-hans"),
}
ON_NOTICE = "mo.fan"
AWAY = "zhou.ting"  # on leave now: her backups act

# The fixed logins that `dev.py run` prints.
LOGINS = [
    "rep.east", "rep.south", "lead.east", "lead.south", "head.sales", "service",
    "support.technical", "finance", "hr", "director", "auditor", "admin",
]  # fmt: skip
