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

# login: (name, Latin name, post, roles, unit, head of it?, language)
PEOPLE = {
    "director": ("孙岚", "Sun Lan", "Managing director", [Role.DIRECTOR], "root", True, "en"),
    "head.sales": ("赵敏", "Zhao Min", "Head of sales", [Role.HEAD_OF_SALES], "sales", True, "en"),
    "lead.east": ("何军", "He Jun", "Sales manager East", [Role.TEAM_LEAD], "east", True, "en"),
    "rep.east": ("李伟", "Li Wei", "Sales rep", [Role.REP], "east", False, "en"),
    "chen.jie": ("陈洁", "Chen Jie", "Sales rep", [Role.REP], "east", False, "zh-hans"),
    "zhou.ting": ("周婷", "Zhou Ting", "Sales rep", [Role.REP], "east", False, "zh-hans"),
    "xu.lei": ("徐磊", "Xu Lei", "Sales rep", [Role.REP], "east", False, "zh-hans"),
    "mo.fan": ("莫凡", "Mo Fan", "Sales rep", [Role.REP], "east", False, "zh-hans"),
    "lead.south": ("钱莉", "Qian Li", "Sales manager South", [Role.TEAM_LEAD], "south", True, "en"),
    "rep.south": ("吴昊", "Wu Hao", "Sales rep", [Role.REP], "south", False, "en"),
    "huang.yan": ("黄燕", "Huang Yan", "Sales rep", [Role.REP], "south", False, "zh-hans"),
    "deng.kai": ("邓凯", "Deng Kai", "Sales rep", [Role.REP], "south", False, "zh-hans"),
    "luo.min": ("罗敏", "Luo Min", "Sales rep", [Role.REP], "south", False, "zh-hans"),
    "service": ("高云", "Gao Yun", "Service specialist", [Role.SERVICE], "line", False, "en"),
    "pan.ning": (
        "潘宁",
        "Pan Ning",
        "Service specialist",
        [Role.SERVICE],
        "line",
        False,
        "zh-hans",
    ),
    "lead.line": ("姜涛", "Jiang Tao", "Head of service", [Role.SERVICE], "line", True, "zh-hans"),
    "support.technical": ("林涛", "Lin Tao", "Engineer", [Role.SUPPORT], "technical", False, "en"),
    "support.logistics": (
        "苏航",
        "Su Hang",
        "Dispatcher",
        [Role.SUPPORT],
        "logistics",
        False,
        "zh-hans",
    ),
    "finance": ("唐静", "Tang Jing", "Accountant", [Role.FINANCE], "finance", False, "en"),
    "hr": ("胡蓉", "Hu Rong", "HR manager", [Role.HR], "hr", True, "en"),
    "auditor": ("方圆", "Fang Yuan", "Internal auditor", [Role.AUDITOR], "root", False, "en"),
    "admin": ("于洋", "Yu Yang", "System administrator", [Role.ADMINISTRATOR], "root", False, "en"),
    "ming.yue": ("明月", "Ming Yue", "Bookkeeper", [Role.EMPLOYEE], "finance", False, "zh-hans"),
}
ON_NOTICE = "mo.fan"
AWAY = "zhou.ting"  # on leave now: her backups act

# The fixed logins that `dev.py run` prints.
LOGINS = [
    "rep.east", "rep.south", "lead.east", "lead.south", "head.sales", "service",
    "support.technical", "finance", "hr", "director", "auditor", "admin",
]  # fmt: skip
