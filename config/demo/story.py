"""What people at the customers are called, and what was said at the visits."""

CONTACTS_ZH = [
    "王芳", "刘建国", "张丽华", "陈志强", "杨雪梅", "黄伟东", "周海燕", "吴国平", "徐静怡", "孙宏伟",
    "朱晓明", "马俊杰", "胡玉兰", "郭振华", "林秋萍", "何晓峰", "高明远", "罗春梅", "郑建军", "梁嘉欣",
    "谢文涛", "宋佳音", "唐国强", "许文静", "韩立新", "冯小玲", "曹永刚", "彭丽娜", "曾庆华", "萧雅琴",
    "单国栋", "仇丽君", "解志远", "区美玲", "任建业",
]  # fmt: skip
CONTACTS_EN = [
    "Anna Keller", "David Osei", "Maria Lindqvist", "Tom Hargreaves", "Priya Nair", "Jonas Weber",
    "Claire Dubois", "Samuel Ortiz", "Helen Marsh", "Viktor Novak", "Grace Lim", "Paul Whitaker",
]  # fmt: skip
POSTS = [  # (post in Chinese, post in English, function, key person?)
    ("总经理", "General manager", "decision", True),
    ("采购经理", "Purchasing manager", "purchase", True),
    ("设备主管", "Plant engineer", "technical", False),
    ("财务", "Accountant", "finance", False),
    ("车间主任", "Workshop foreman", "use", False),
]
VISITS_ZH = [
    ("看了车间，主轴磨损比上次严重，答应下周给报价。", "发主轴报价"),
    ("和采购确认了季度用量，比去年多两成，希望月底前到货。", "确认交期"),
    ("对方反映上批钻头有三支崩刃，已拍照，带回技术部。", "技术部回复"),
    ("谈年度框架协议，价格基本同意，付款方式还要和财务商量。", "约财务面谈"),
    ("介绍了新的刀具管理服务，设备主管有兴趣，想先试一个月。", "准备试用方案"),
    ("例行拜访，近期订单平稳，没有新的需求。", ""),
    ("新换了采购负责人，约好下次正式介绍公司。", "带公司资料"),
    ("讨论仓库盘点，建议寄售两种常用规格。", "做寄售清单"),
    ("回款已安排，本月二十五日前付清。", "核对回款"),
]
VISITS_EN = [
    ("Walked the line with the plant engineer; two fixtures need replacing before the audit.", "Send the fixture quote"),
    ("They like the trial tools, but want a price for 500 pieces.", "Price for 500 pieces"),
    ("Complaint about late delivery last month settled; they asked for one contact for logistics.", "Name a logistics contact"),
    ("Annual volume discussed: up 15 %. They will decide after the board meeting.", "Call after the board meeting"),
    ("Routine visit, nothing open.", ""),
    ("Introduced our service line; they prefer mail over phone.", "Set mail as channel"),
    ("Showed the vending cabinet. Finance wants a leasing offer.", "Leasing offer"),
]  # fmt: skip
CALLS_ZH = [
    "电话确认到货，数量无误。",
    "电话询问下月计划，对方周五回复。",
    "提醒付款，对方已提交申请。",
]
CALLS_EN = [
    "Confirmed arrival of the goods.",
    "Asked about next month's plan; answer by Friday.",
    "Reminded of the invoice.",
]
