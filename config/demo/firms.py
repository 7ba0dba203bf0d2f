"""Invents firms: names, legal names, towns and addresses as they are usual in each region."""

import re
from dataclasses import dataclass

TOWNS = {
    "sh": ["上海"], "js": ["苏州", "无锡", "南京", "常州", "南通", "扬州", "昆山", "徐州"],
    "zj": ["杭州", "宁波", "温州", "嘉兴", "绍兴", "台州", "金华"],
    "gd": ["广州", "深圳", "佛山", "东莞", "珠海", "中山", "惠州"], "fj": ["福州", "厦门", "泉州", "漳州"],
    "gx": ["南宁", "柳州", "桂林"], "bj": ["北京"], "tj": ["天津"],
    "sd": ["济南", "青岛", "烟台", "潍坊", "淄博"], "hb": ["石家庄", "唐山", "保定", "廊坊"],
    "de": ["Ulm", "Bielefeld", "Chemnitz", "Kassel", "Regensburg", "Siegen"],
    "gb": ["Sheffield", "Coventry", "Stockport", "Swindon", "Dundee"],
    "fr": ["Lyon", "Nantes", "Grenoble", "Metz"],
    "au": ["Newcastle NSW", "Geelong", "Toowoomba", "Perth"],
    "us": ["Toledo, Ohio", "Tacoma, Washington", "Rockford, Illinois", "Tulsa, Oklahoma"],
}  # fmt: skip
# Where firms with an English name are, in China.
PORTS = {
    "sh": ("上海", "Shanghai"), "js": ("苏州", "Suzhou"), "zj": ("宁波", "Ningbo"), "gd": ("深圳", "Shenzhen"),
    "fj": ("厦门", "Xiamen"), "gx": ("南宁", "Nanning"), "bj": ("北京", "Beijing"), "tj": ("天津", "Tianjin"),
    "sd": ("青岛", "Qingdao"), "hb": ("唐山", "Tangshan"),
}  # fmt: skip
COUNTIES = {"宁海", "金湖"}
FIRST, SECOND = (
    "恒瑞鼎宏嘉盛博隆远正永立新天凯科安锐通万润晟铭启旭茂",
    "达信源丰泰兴业力诚元昌和宇锋航腾越胜拓川磊辰",
)
# Brands that exist, and are therefore not ours to tell stories about.
REAL = re.findall(
    "..",
    "万达万和万兴万信恒力恒源恒信恒泰恒兴恒达恒昌恒越恒丰恒宇安川安信安泰安源科达科信科力科锋科腾立信天元天信天成天宇凯越凯达通达通源润达润和鼎信鼎力鼎胜新和新元新力"
    "新兴新宇永兴永丰永胜正信正泰正元正业博信博拓博力启明瑞信瑞丰瑞和瑞泰盛和盛达盛航隆达隆丰宏达宏昌宏力宏源宏泰宏业嘉信嘉元嘉泰嘉和嘉诚远兴远航远成远达锐信锐拓茂业"
    "茂源铭辰旭辰晟元润丰润泰鼎泰鼎丰鼎元",
)
# industry: (weight, words in Chinese, words in English)
TRADES = {
    "machine": (9, ["机械", "精密机械", "液压", "轴承", "泵业", "阀门", "数控", "传动"],
                ["Machinery", "Hydraulics", "Bearings", "Pumps", "Valves", "Drives", "Castings"]),
    "tools": (5, ["五金", "工具", "刀具", "紧固件", "模具"], ["Tools", "Fasteners", "Cutting", "Moulds"]),
    "auto": (5, ["汽配", "汽车零部件", "车桥", "制动"], ["Automotive", "Axles", "Brakes"]),
    "electronics": (5, ["电子", "电器", "仪表", "自动化", "线缆"], ["Electronics", "Controls", "Sensors"]),
    "food": (3, ["食品", "乳业", "食品机械", "包装"], ["Foods", "Packaging", "Dairy"]),
    "build": (4, ["建材", "钢构", "幕墙", "管业"], ["Steel", "Building Systems", "Joinery"]),
    "trade": (3, ["贸易", "商贸", "实业", "物资"], ["Trading", "Supply", "Wholesale"]),
    "energy": (3, ["新能源", "电力设备", "风电"], ["Energy", "Power Systems", "Turbines"]),
    "medical": (2, ["医疗器械", "生物科技"], ["Medical", "Instruments"]),
}  # fmt: skip
COINED = [
    "Ashgrove", "Brightwell", "Calderon", "Dunmore", "Elmstead", "Fairhaven", "Glenrook", "Hartsworth",
    "Ivybridge", "Kestrel Hill", "Larkfield", "Merrivale", "Northmoor", "Oakhurst", "Penrose",
    "Quarry Bank", "Ravensby", "Silverdale", "Thornbury", "Underwood", "Wexcombe", "Yarrow",
]  # fmt: skip
HOUSES = {
    "de": ["Brandner", "Kesselring", "Lohmüller", "Ostertag", "Ranftl", "Steinhoff", "Thalmann", "Uhlig",
           "Voßkamp", "Weidlich", "Zierer", "Hagedorn"],
    "gb": ["Attwater", "Bracewell", "Cobbold", "Fenwick", "Hollins", "Kirkbride", "Lathom", "Pargeter",
           "Rushworth", "Stainforth"],
    "fr": ["Aubertin", "Beaumarche", "Carpentras", "Delorme", "Fauvel", "Gaillot", "Lavergne"],
    "au": ["Banksia", "Coolabah", "Ironbark", "Jarrah", "Kookaburra", "Mallee", "Wattle Creek", "Wollemi"],
    "us": ["Bluestem", "Cedar Bend", "Granite Ridge", "Lone Pine", "Mill Creek", "Prairie", "Redwood Gate",
           "Sugar Hollow", "Timberline"],
}  # fmt: skip
GERMAN = {
    "machine": ["Antriebstechnik", "Maschinenbau", "Hydraulik", "Getriebe"], "tools": ["Werkzeugbau", "Zerspanung"],
    "auto": ["Fahrzeugteile", "Bremsen"], "electronics": ["Messtechnik", "Elektronik"],
    "food": ["Verpackung", "Molkereitechnik"], "build": ["Stahlbau", "Fenster"], "trade": ["Handel"],
    "energy": ["Energietechnik", "Turbinen"], "medical": ["Medizintechnik"],
}  # fmt: skip
FRENCH = {
    "machine": ["Mécanique", "Hydraulique"], "tools": ["Outillage"], "auto": ["Équipements Auto"],
    "electronics": ["Électronique"], "food": ["Emballage", "Laiterie"], "build": ["Charpente", "Acier"],
    "trade": ["Négoce"], "energy": ["Énergie"], "medical": ["Médical"],
}  # fmt: skip
LEGAL = {"de": "GmbH", "gb": "Ltd", "fr": "SAS", "au": "Pty Ltd", "us": "Inc."}
ROADS_ZH = ["建设路", "工业大道", "创新路", "港口路", "振兴街", "人民东路", "科技园二路", "滨江路"]
ROADS = {
    "de": "Industriestraße", "gb": "Foundry Lane", "fr": "rue des Forges", "au": "Harbour Road",
    "us": "Mill Street",
}  # fmt: skip
CHINA_ABROAD = 0.16  # share of firms in China that go by an English name


@dataclass
class Firm:
    """An invented firm. `house` is the word that firms of one group share."""

    name: str
    legal: str
    town: str
    region: str
    industry: str
    house: str


class Firms:
    """Invents firms of all regions, none of them twice."""

    def __init__(self, chance, taken):
        self.chance, self.taken = chance, set(taken)
        self.brands = [a + b for a in FIRST for b in SECOND if a + b not in REAL]
        chance.shuffle(self.brands)

    def one(self, region, house=None):
        """A new firm in a region; of the group of `house`, if given."""
        while True:
            industry = self.weighted({key: row[0] for key, row in TRADES.items()})
            town = self.chance.choice(TOWNS[region])
            firm = self.named(region, industry, town, house)
            if firm.name not in self.taken and firm.legal not in self.taken:
                self.taken |= {firm.name, firm.legal}
                return firm

    def named(self, region, industry, town, house):
        """A candidate, named as firms of that region are."""
        if region not in PORTS:
            return self.foreign(region, industry, town, house)
        if house in COINED or (house is None and self.chance.random() < CHINA_ABROAD):
            house = house or self.chance.choice(COINED)
            name = f"{house} {self.chance.choice(TRADES[industry][2])}"
            town, port = PORTS[region]
            return Firm(name, f"{name} ({port}) Co., Ltd.", town, region, industry, house)
        house = house or self.brands.pop()
        word = self.chance.choice(TRADES[industry][1])
        form = self.chance.choice(["有限公司"] * 7 + ["股份有限公司", "厂"])
        name = f"{house}{word}"
        return Firm(name, f"{town}{name}{form}", town, region, industry, house)

    def foreign(self, region, industry, town, house):
        words = {"de": GERMAN, "fr": FRENCH}.get(region, {}).get(industry, TRADES[industry][2])
        house = house or self.chance.choice(HOUSES[region])
        name = f"{house} {self.chance.choice(words)}"
        return Firm(name, f"{name} {LEGAL[region]}", town, region, industry, house)

    def address(self, region, town=None):
        """Where a firm of that region is."""
        town, number = town or self.chance.choice(TOWNS[region]), self.chance.randint(2, 388)
        if region in PORTS:
            return f"{town}{'县' if town in COUNTIES else '市'}{self.chance.choice(ROADS_ZH)}{number}号"
        road = ROADS[region]
        return f"{road} {number}, {town}" if region == "de" else f"{number} {road}, {town}"

    def weighted(self, weights):
        """One of the keys, each as often as it weighs."""
        return self.chance.choices(list(weights), weights.values())[0]
