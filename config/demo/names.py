"""What people at the customers are called, and the posts they have."""

FAMILIES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
RARE = "单仇解区曾任查盖"  # surnames that are read in a way of their own
GIVEN = [
    "芳", "建国", "丽华", "志强", "雪梅", "伟东", "海燕", "国平", "静怡", "宏伟", "晓明", "俊杰", "玉兰", "振华",
    "秋萍", "晓峰", "明远", "春梅", "建军", "嘉欣", "文涛", "佳音", "国强", "文静", "立新", "小玲", "永刚", "丽娜",
    "庆华", "雅琴", "国栋", "丽君", "志远", "美玲", "建业", "子涵", "凯", "颖", "少华", "雨桐", "浩", "敏", "思源",
    "红霞", "光明", "慧敏", "家豪", "婉清", "大勇", "金凤", "一鸣", "晓燕", "正阳", "若男", "启明", "爱华",
]  # fmt: skip
ABROAD = {
    "de": (["Anna", "Jonas", "Katrin", "Lukas", "Petra", "Stefan", "Miriam", "Thomas", "Ulrike", "Felix"],
           ["Keller", "Weber", "Hofmann", "Schreiber", "Vogt", "Lindner", "Baumann", "Seidel", "Krüger", "Arnold"]),
    "gb": (["Claire", "David", "Helen", "Oliver", "Priya", "Samuel", "Grace", "Paul", "Fiona", "Tom"],
           ["Hargreaves", "Marsh", "Whitaker", "Nair", "Osei", "Barlow", "Pemberton", "Doyle", "Ellison", "Firth"]),
    "fr": (["Camille", "Julien", "Sophie", "Mathieu", "Élodie", "Bruno", "Nadia", "Luc"],
           ["Dubois", "Renaud", "Lefort", "Marchand", "Perrin", "Giraud", "Blanchet", "Noël"]),
    "au": (["Emma", "Jack", "Mia", "Liam", "Ruby", "Noah", "Holly", "Angus"],
           ["Carmody", "Sullivan", "Tran", "McAllister", "Petrou", "Nguyen", "Hobart", "Lacey"]),
    "us": (["Maria", "James", "Linda", "Robert", "Karen", "Carlos", "Denise", "Walter"],
           ["Ortiz", "Lindqvist", "Novak", "Freeman", "Alvarez", "Hopkins", "Becker", "Stone"]),
}  # fmt: skip
POSTS = [  # (post in Chinese, post in English, function, key person?)
    ("总经理", "General manager", "decision", True),
    ("采购经理", "Purchasing manager", "purchase", True),
    ("设备主管", "Plant engineer", "technical", False),
    ("财务经理", "Accountant", "finance", False),
    ("车间主任", "Workshop foreman", "use", False),
    ("质量工程师", "Quality engineer", "technical", False),
]
# Numbers that are given to nobody: (format, how many). China reserves none for stories, so a prefix
# that no network has; elsewhere the ranges that the regulator keeps for them.
PHONES = {
    "cn": (["+86 154{:08d}"], 10**8),
    "de": (["+49 30 23125{:03d}"], 10**3),
    "gb": (["+44 7700 900{:03d}"], 10**3),
    "fr": (["+33 6 39 98 {:04d}"], 10**4),
    "au": (["+61 2 5550 {:04d}", "+61 3 5550 {:04d}"], 10**4),
    "us": ([f"+1 {area} 555 01{{:02d}}" for area in (419, 253, 815, 918)], 10**2),
}


class Names:
    """Gives people names and numbers, as usual where they are."""

    def __init__(self, chance):
        self.chance = chance

    def chinese(self):
        rare = self.chance.random() < 0.03
        family = self.chance.choice(RARE if rare else FAMILIES)
        return family + self.chance.choice(GIVEN)

    def abroad(self, region):
        first, last = ABROAD.get(region) or ABROAD[self.chance.choice(list(ABROAD))]
        return f"{self.chance.choice(first)} {self.chance.choice(last)}"

    def phone(self, region):
        forms, many = PHONES.get(region) or PHONES["cn"]
        return self.chance.choice(forms).format(self.chance.randrange(many))
