"""Headers that several kinds share. They are data: what other systems call things."""

KEY = ("id", "do not modify account", "do not modify contact", "key", "code", "number", "no", "record id", "external id", "uuid", "guid", "编号", "编码", "代码", "号码", "id编号", "序号", "主键", "唯一标识")  # fmt: skip
# The words for who answers for a customer; one of them is split so that it is never used as ours.
PERSON = (
    "account manager", "owner", "owner id", "owner name", "sales rep", "sales rep id", "sales agent", "sales person", "salesperson",
    "salesperson id", "representative", "rep", "rep id", "support rep", "support rep id", "employee", "employee id", "employee name",
    "assigned to", "assigned", "assigned user", "person", "person id", "agent", "responsible", "sales", "seller", "user", "user id", "负责人", "负责人姓名", "业务员",
    "客户经理", "销售", "销售员", "销售人员", "销售代表", "销售负责人", "跟进人", "员工", "员工编号", "员工姓名", "工号", "所有" + "人", "归属人", "经办人", "业务代表",
)  # fmt: skip
CUSTOMER = (
    "customer", "customer id", "customer code", "customer no", "customer number", "account", "account id", "account code", "account number",
    "client", "client id", "company id", "business id", "associated company ids", "associated company id", "associated company ids primary", "customer key", "client code", "客户", "客户编号", "客户编码", "客户id",
    "客户代码", "所属客户", "关联客户", "公司编号", "customer name", "account name", "client name", "company name", "company", "associated company",
    "organization", "organisation", "business", "customer full name", "account full name", "客户名称", "客户全称", "客户简称", "公司名称", "公司",
    "企业名称", "所属公司", "单位", "单位名称",
)  # fmt: skip
CONTACT = ("contact", "contact id", "who id", "contact person", "contact name", "associated contact", "联系人", "联系人编号", "联系人id", "联系人姓名", "客户联系人")  # fmt: skip
FIRST_NAME = ("first name", "given name", "forename", "contact first name", "名")
LAST_NAME = ("last name", "surname", "family name", "contact last name", "姓")
PHONE = (
    "phone", "phone number", "telephone", "telephone number", "tel", "phone no", "business phone", "work phone", "office phone", "main phone", "phone work", "phone home", "phone mobile", "phone other", "phone 1", "phone 2", "mobile 1", "phone primary",
    "contact phone", "mobile", "mobile phone", "mobile number", "cell", "cell phone", "cellphone", "电话", "联系电话", "手机", "手机号", "手机号码",
    "电话号码", "固话", "座机", "办公电话", "固定电话", "联系方式", "联系人电话", "联系人手机", "移动电话", "公司电话", "总机",
)  # fmt: skip
MAIL = ("email", "e mail", "mail", "email address", "e mail address", "contact email", "primary email", "email work", "email home", "email 1", "email 2", "email primary contact", "邮箱", "电子邮箱", "邮件", "电子邮件", "email地址", "邮箱地址", "联系人邮箱")  # fmt: skip
DELETED = ("is deleted", "deleted", "已删除", "是否删除")
CURRENCY = ("currency", "currency code", "currency iso code", "币种", "货币")
AMOUNT = (
    "amount", "total", "total amount", "grand total", "order amount", "order total", "value", "sum", "revenue", "close value", "sales", "金额",
    "订单金额", "总金额", "销售金额", "合计", "总额", "成交金额", "价税合计",
)  # fmt: skip
NOTE = ("note", "notes", "description", "comment", "comments", "remark", "remarks", "subject", "title", "content", "summary", "details",
        "result", "备注", "描述", "内容", "说明", "主题", "跟进内容", "拜访内容", "沟通内容", "摘要", "拜访结果", "反馈", "score", "outcome")  # fmt: skip
SINCE = ("since", "from", "start", "start date", "start on", "started on", "begin", "begin date", "valid from", "effective from", "effective date",
         "开始日期", "开始时间", "起始日期", "生效日期", "自", "起", "任职开始")  # fmt: skip
UNTIL = ("until", "to", "end", "end date", "ended on", "finish", "valid to", "valid until", "effective to", "截止日期", "结束日期", "结束时间",
         "失效日期", "至", "止", "任职结束")  # fmt: skip


def choice(**words):
    """Our value → their words, turned round: folded word → our value."""
    return {word: value for value, several in words.items() for word in (value, *several)}


# Whatever ends so may be a key, where its values are unique.
KEY_ENDS = ("id", "编号", "编码", "代码")
