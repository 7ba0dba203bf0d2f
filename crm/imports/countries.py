"""Countries by their names in both languages, to read phones that have no country code."""

from kit import names

CODES = {
    "CN": "china|prc|people's republic of china|中国|中华人民共和国", "HK": "hong kong|香港", "TW": "taiwan|台湾",
    "MO": "macau|macao|澳门", "US": "usa|us|united states|united states of america|u.s.a.|america|美国",
    "GB": "uk|united kingdom|great britain|england|gb|英国", "DE": "germany|deutschland|德国", "FR": "france|法国",
    "IT": "italy|italia|意大利", "ES": "spain|españa|西班牙", "PT": "portugal|葡萄牙", "BR": "brazil|brasil|巴西",
    "AR": "argentina|阿根廷", "MX": "mexico|méxico|墨西哥", "VE": "venezuela|委内瑞拉", "CL": "chile|智利", "CO": "colombia|哥伦比亚",
    "PE": "peru|秘鲁", "CA": "canada|加拿大", "AT": "austria|österreich|奥地利", "CH": "switzerland|schweiz|瑞士",
    "BE": "belgium|belgië|belgique|比利时", "NL": "netherlands|the netherlands|holland|荷兰", "LU": "luxembourg|卢森堡",
    "DK": "denmark|danmark|丹麦", "SE": "sweden|sverige|瑞典", "NO": "norway|norge|挪威", "FI": "finland|suomi|芬兰",
    "IE": "ireland|爱尔兰", "PL": "poland|polska|波兰", "CZ": "czech republic|czechia|捷克", "SK": "slovakia|斯洛伐克",
    "HU": "hungary|匈牙利", "RO": "romania|罗马尼亚", "BG": "bulgaria|保加利亚", "GR": "greece|希腊", "TR": "turkey|türkiye|土耳其",
    "RU": "russia|russian federation|俄罗斯", "UA": "ukraine|乌克兰", "IL": "israel|以色列", "SA": "saudi arabia|沙特阿拉伯|沙特",
    "AE": "uae|united arab emirates|阿联酋", "EG": "egypt|埃及", "ZA": "south africa|南非", "KE": "kenya|肯尼亚", "NG": "nigeria|尼日利亚",
    "IN": "india|印度", "PK": "pakistan|巴基斯坦", "BD": "bangladesh|孟加拉国", "LK": "sri lanka|斯里兰卡", "JP": "japan|日本",
    "KR": "korea|south korea|republic of korea|韩国", "SG": "singapore|新加坡", "MY": "malaysia|马来西亚", "TH": "thailand|泰国",
    "VN": "vietnam|viet nam|越南", "PH": "philippines|philipines|菲律宾", "ID": "indonesia|印度尼西亚|印尼", "AU": "australia|澳大利亚",
    "NZ": "new zealand|新西兰", "JO": "jordan|约旦", "PA": "panama|巴拿马", "KZ": "kazakhstan|哈萨克斯坦",
}  # fmt: skip
BY_NAME = {
    names.fold(name): code
    for code, several in CODES.items()
    for name in [code, *several.split("|")]
}


def code_of(name, default):
    """The ISO code of a country by its name or code; `default` where it is not known."""
    return BY_NAME.get(names.fold(name), default)
