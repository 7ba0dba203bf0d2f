"""Customers of the demo company, their regions and industries."""

# key: (name, Chinese name, parent)
REGIONS = {
    "cn": ("China", "中国", None),
    "east": ("East China", "华东", "cn"),
    "sh": ("Shanghai", "上海", "east"),
    "js": ("Jiangsu", "江苏", "east"),
    "zj": ("Zhejiang", "浙江", "east"),
    "south": ("South China", "华南", "cn"),
    "gd": ("Guangdong", "广东", "south"),
    "fj": ("Fujian", "福建", "south"),
    "gx": ("Guangxi", "广西", "south"),
    "north": ("North China", "华北", "cn"),
    "bj": ("Beijing", "北京", "north"),
    "tj": ("Tianjin", "天津", "north"),
    "sd": ("Shandong", "山东", "north"),
    "hb": ("Hebei", "河北", "north"),
    "eu": ("Europe", "欧洲", None),
    "de": ("Germany", "德国", "eu"),
    "gb": ("United Kingdom", "英国", "eu"),
    "fr": ("France", "法国", "eu"),
    "pacific": ("Asia-Pacific and Americas", "亚太与美洲", None),
    "au": ("Australia", "澳大利亚", "pacific"),
    "us": ("United States", "美国", "pacific"),
}
INDUSTRIES = {
    "machine": ("Machine building", "机械制造"),
    "tools": ("Hardware and tools", "五金工具"),
    "auto": ("Automotive parts", "汽车零部件"),
    "electronics": ("Electronics", "电子"),
    "food": ("Food processing", "食品加工"),
    "build": ("Construction", "建筑"),
    "trade": ("Trade", "贸易"),
    "energy": ("Energy", "能源"),
    "medical": ("Medical devices", "医疗器械"),
}

# team: (short name, legal name, tier, region, industry, status, origin)
CUSTOMERS = {
    "east": [
        ("华东机电", "华东机电有限公司", "A", "sh", "machine", "active", "company_lead"),
        ("博力仪表", "上海博力仪表有限公司", "A", "sh", "electronics", "active", "referral"),
        ("Eastport Marine", "Eastport Marine Engineering (Shanghai) Co., Ltd.", "A", "sh", "machine", "active", "company_lead"),
        ("苏星精工", "苏州苏星精密机械有限公司", "A", "js", "machine", "active", "brought"),
        ("南桥五金", "上海南桥五金制品有限公司", "B", "sh", "tools", "active", "company_lead"),
        ("锦程汽配", "无锡锦程汽车零部件有限公司", "A", "js", "auto", "active", "advert"),
        ("Hanseatic Valves", "Hanseatic Valves (China) Co., Ltd.", "B", "js", "machine", "active", "referral"),
        ("松江建材", "上海松江建材贸易有限公司", "B", "sh", "build", "active", "company_lead"),
        ("越丰食品", "绍兴越丰食品有限公司", "B", "zj", "food", "active", "company_lead"),
        ("宁海模具", "宁海天工模具有限公司", "B", "zj", "machine", "active", "brought"),
        ("Delta Fasteners", "Delta Fasteners Ningbo Co., Ltd.", "B", "zj", "tools", "active", "advert"),
        ("常青电器", "常州常青电器有限公司", "B", "js", "electronics", "active", "company_lead"),
        ("嘉禾包装", "嘉兴嘉禾包装有限公司", "C", "zj", "trade", "active", "company_lead"),
        ("金湖工具", "金湖县金湖工具厂", "C", "js", "tools", "active", "referral"),
        ("Linden Bakery Systems", "Linden Bakery Systems Shanghai Ltd.", "C", "sh", "food", "active", "company_lead"),
        ("海门钢构", "南通海门钢结构有限公司", "B", "js", "build", "active", "advert"),
        ("泰安轴承", "杭州泰安轴承有限公司", "C", "zj", "machine", "active", "company_lead"),
        ("曾氏铸造", "昆山曾氏铸造有限公司", "C", "js", "machine", "prospect", "referral"),
        ("Pudong Tooling", "Pudong Tooling Services Ltd.", "C", "sh", "tools", "active", "company_lead"),
        ("湖州竹业", "湖州竹业股份有限公司", "C", "zj", "trade", "prospect", "advert"),
        ("青浦机床", "上海青浦机床维修有限公司", "C", "sh", "machine", "active", "company_lead"),
        ("盐城风电", "盐城风电设备有限公司", "B", "js", "machine", "prospect", "company_lead"),
        ("Orient Hinge", "Orient Hinge Manufacturing Co., Ltd.", "C", "zj", "tools", "dormant", "brought"),
        ("舟山船配", "舟山船舶配件有限公司", "C", "zj", "machine", "active", "company_lead"),
        ("崇明农机", "上海崇明农业机械有限公司", "C", "sh", "machine", "prospect", "company_lead"),
        ("昆仑液压", "苏州昆仑液压有限公司", "B", "js", "machine", "active", "referral"),
        ("Brightline Optics", "Brightline Optics (Suzhou) Co., Ltd.", "B", "js", "electronics", "active", "company_lead"),
        ("余姚塑料", "余姚塑料制品有限公司", "C", "zj", "trade", "dormant", "advert"),
        ("静安物业", "上海静安物业管理有限公司", "C", "sh", "build", "prospect", "company_lead"),
        ("仇记五金行", "海宁仇记五金行", "C", "zj", "tools", "active", "company_lead"),
        ("太湖泵业", "无锡太湖泵业有限公司", "C", "js", "machine", "active", "company_lead"),
        ("Yangtze Crane", "Yangtze Crane Services Co., Ltd.", "B", "js", "build", "active", "advert"),
    ],
    "south": [
        ("珠江重工", "广州珠江重工有限公司", "A", "gd", "machine", "active", "company_lead"),
        ("Nanqiao Hardware", "Nanqiao Hardware Guangzhou Ltd.", "B", "gd", "tools", "active", "referral"),
        ("鹏程电子", "深圳鹏程电子有限公司", "A", "gd", "electronics", "active", "company_lead"),
        ("Harbour Lights", "Harbour Lights Shenzhen Co., Ltd.", "B", "gd", "electronics", "active", "advert"),
        ("顺德家电", "佛山顺德家电配件有限公司", "A", "gd", "electronics", "active", "brought"),
        ("厦门鹭江石材", "厦门鹭江石材有限公司", "B", "fj", "build", "active", "company_lead"),
        ("闽南阀门", "泉州闽南阀门有限公司", "B", "fj", "machine", "active", "company_lead"),
        ("Lychee Foods", "Lychee Foods Dongguan Ltd.", "B", "gd", "food", "active", "referral"),
        ("东莞精模", "东莞精模塑胶有限公司", "B", "gd", "machine", "active", "company_lead"),
        ("柳州汽修", "柳州汽车维修设备有限公司", "B", "gx", "auto", "active", "advert"),
        ("邕江建设", "南宁邕江建设有限公司", "B", "gx", "build", "active", "company_lead"),
        ("Pearl Packaging", "Pearl Packaging Zhuhai Co., Ltd.", "C", "gd", "trade", "active", "company_lead"),
        ("潮汕工具城", "汕头潮汕工具城", "C", "gd", "tools", "active", "company_lead"),
        ("中山灯饰", "中山星光灯饰有限公司", "C", "gd", "electronics", "active", "advert"),
        ("福州冷链", "福州冷链食品有限公司", "C", "fj", "food", "active", "company_lead"),
        ("Bay Robotics", "Bay Robotics Shenzhen Ltd.", "A", "gd", "machine", "active", "company_lead"),
        ("惠州线缆", "惠州线缆有限公司", "C", "gd", "electronics", "prospect", "company_lead"),
        ("单氏木业", "漳州单氏木业有限公司", "C", "fj", "trade", "active", "referral"),
        ("江门水暖", "江门水暖器材有限公司", "C", "gd", "tools", "active", "company_lead"),
        ("Cinnamon Trading", "Cinnamon Trading Guangxi Co., Ltd.", "C", "gx", "trade", "dormant", "advert"),
        ("莆田鞋机", "莆田鞋机制造有限公司", "C", "fj", "machine", "active", "company_lead"),
        ("北海渔具", "北海渔具有限公司", "C", "gx", "trade", "prospect", "company_lead"),
        ("清远铝材", "清远铝材有限公司", "B", "gd", "build", "active", "company_lead"),
        ("Kapok Ceramics", "Kapok Ceramics Foshan Ltd.", "B", "gd", "build", "active", "referral"),
        ("桂林旅游车", "桂林旅游客车有限公司", "C", "gx", "auto", "active", "company_lead"),
        ("龙岩机械", "龙岩工程机械有限公司", "B", "fj", "machine", "active", "brought"),
        ("肇庆五金", "肇庆五金锁具有限公司", "C", "gd", "tools", "active", "company_lead"),
        ("Southwind HVAC", "Southwind HVAC Guangzhou Ltd.", "C", "gd", "build", "prospect", "advert"),
    ],
}  # fmt: skip
PRIVATE = [  # private persons: (name, team, region)
    ("梁文博", "south", "gd"),
    ("Margaret Holt", "east", "sh"),
]
# Whose legal name does not begin with a town.
NOWHERE = ["华东机电"]
# Customers nobody holds at present: they are listed at once, and the unit answers.
VACANT = ["静安物业", "北海渔具"]
# Customers of weight without a backup: the risk the manager should see.
LONE = ["华东机电", "顺德家电", "越丰食品", "柳州汽修"]

# team: (customers in all, its regions with their weight, its reps with the weight of their books)
TEAMS = {
    "east": (170, {"sh": 4, "js": 4, "zj": 3}, {
        "rep.east": 10, "chen.jie": 11, "zhou.ting": 9, "xu.lei": 10, "mo.fan": 8, "jin.yu": 5,
    }),
    "south": (140, {"gd": 5, "fj": 2, "gx": 1}, {
        "rep.south": 10, "huang.yan": 12, "deng.kai": 9, "luo.min": 8, "lin.shan": 7,
    }),
    "north": (110, {"bj": 3, "tj": 2, "sd": 3, "hb": 2}, {
        "ma.chao": 11, "song.jia": 10, "cao.yang": 8, "tian.rui": 5,
    }),
    "europe": (95, {"de": 4, "gb": 3, "fr": 2}, {
        "rep.europe": 10, "nora.brandt": 9, "ye.qing": 7,
    }),
    "pacific": (85, {"au": 3, "us": 4}, {
        "rep.pacific": 10, "sam.walsh": 9, "he.miao": 7,
    }),
}  # fmt: skip
# Who looks after which region.
TERRITORIES = [
    ("rep.east", "sh"), ("chen.jie", "js"), ("zhou.ting", "zj"), ("xu.lei", "js"), ("mo.fan", "sh"),
    ("jin.yu", "zj"), ("rep.south", "gd"), ("huang.yan", "gd"), ("deng.kai", "fj"),
    ("luo.min", "gx"), ("lin.shan", "gd"), ("ma.chao", "bj"), ("song.jia", "sd"), ("cao.yang", "tj"),
    ("tian.rui", "hb"), ("rep.europe", "de"), ("nora.brandt", "gb"), ("ye.qing", "fr"),
    ("rep.pacific", "au"), ("sam.walsh", "us"), ("he.miao", "us"),
]  # fmt: skip
