"""Files of systems that nobody had in mind: the same mechanism takes them by their headers."""

import json
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from accounts.models import Membership, Person
from crm.models import (
    Activity,
    Assignment,
    Contact,
    ContactChannel,
    Customer,
    Order,
    Payment,
    SourceKey,
)
from tests.crm.imports_world import bring, file, keys, told

pytestmark = pytest.mark.django_db
STAFF = "员工编号,姓名,部门,职务,直属上级,入职日期,邮箱\nU1,王小明,华东大区,销售代表,陈总,2020年3月1日,wang@x.cn\nU2,李娜,华东大区,销售代表,陈总,2021/4/5,lina@x.cn\nU3,陈总,华东大区,大区总监,,2018-01-01,chen@x.cn\n"
CUSTOMERS = (
    "客户编号,客户名称,客户级别,客户状态,一级行业,国家,省,市,区,详细地址,联系电话,负责人,最后跟进时间\r\n"
    "KH0001,上海华东机电有限公司,A类,已成交,机械制造,中国,上海市,上海市,浦东新区,张江路1号,021-58881234,王小明,2024-05-06\r\n"
    "KH0002,苏州新希望食品厂,B类,潜在客户,食品,中国,江苏省,苏州市,,工业园区2号,13812345678；0512-66778899转802,李娜,\r\n"
)


def test_a_chinese_crm_in_gb18030_with_people_visits_orders_and_payments(cast, tmp_path):
    bring("employees", file(tmp_path, STAFF, "a.csv"))
    chen = Person.objects.get(name="陈总")
    assert Membership.objects.get(person=chen).post == "head" and chen.username == "chen"
    bring("customers", file(tmp_path, CUSTOMERS, "b.csv", "gb18030"))
    one = Customer.objects.get(name="上海华东机电有限公司")
    assert (one.tier, one.status, one.region.name, one.industry.name) == (
        "A",
        "active",
        "浦东新区",
        "机械制造",
    )
    assert Assignment.objects.get(customer=one).person.name == "王小明"
    two = Customer.objects.get(name="苏州新希望食品厂")
    phones = ContactChannel.objects.filter(contact__positions__customer=two, kind="phone")
    assert {channel.value for channel in phones} == {"+8613812345678", "+8651266778899;ext=802"}
    assert phones[0].contact.name == "总机"
    bring(
        "contacts",
        file(
            tmp_path,
            "姓名,客户名称,职务,手机,微信\n赵主任,上海华东机电有限公司,采购主任,13911112222,zhao_wx\n",
            "c.csv",
        ),
    )
    assert Contact.objects.get(name="赵主任").positions.get().title == "采购主任"
    visits = "拜访日期,客户名称,拜访人,拜访方式,拜访内容\n2024-05-06 14:20,上海华东机电有限公司,王小明,上门拜访,看样品\n2024年6月1日,苏州新希望食品厂,李娜,电话沟通,报价\n"
    bring("activities", file(tmp_path, visits, "d.csv"))
    assert list(
        Activity.objects.filter(author__name__in=["王小明", "李娜"])
        .order_by("happened_at")
        .values_list("kind", flat=True)
    ) == ["visit", "call"]
    orders = '订单编号,客户名称,下单日期,交货日期,订单金额,订单状态,销售人员,币种\nDD-1,上海华东机电有限公司,2024-05-10,2024-06-10,"¥12,345.60",已完成,王小明,人民币\nDD-2,苏州新希望食品厂,2024-06-11,,1.2万,进行中,李娜,人民币\n'
    bring("orders", file(tmp_path, orders, "e.csv"))
    assert list(Order.objects.order_by("number").values_list("number", "amount", "state", "currency")) == [
        ("DD-1", Decimal("12345.6"), "delivered", "CNY"), ("DD-2", Decimal("12000"), "open", "CNY"),
    ]  # fmt: skip
    bring(
        "payments",
        file(
            tmp_path,
            "回款编号,订单编号,回款日期,回款金额,收款人\nHK1,DD-1,2024-06-20,5000,王小明\n",
            "f.csv",
        ),
    )
    assert Payment.objects.get().order.number == "DD-1" and Payment.objects.get().customer == one


@pytest.mark.parametrize("text, name, key, city", [
    ("Record ID,Company name,Company owner,Phone Number,City,Country/Region,Industry,Company Domain Name\n9001,Globex,Jane,+1 415-776-3262,Austin,United States,COMPUTER,globex.com\n", "Globex", "9001", "Austin"),
    ("Account Id,Account Owner.id,Account Owner,Account Name,Phone,Account Type,Billing Street,Billing City,Billing Code,Parent Account,Rating\nz1,u1,Max,Globex,555-1000,Customer,1 Main,Austin,07001,,Active\n", "Globex", "z1", "Austin"),
    ('"Account Name","Account Owner","Owner.Name","Type","Rating","Billing City","Account ID","Phone"\n"Globex","J","Jane","Customer","Hot","Austin","001x",""\n', "Globex", "001x", "Austin"),
    ("Organization - Name,Organization - Owner,Organization - City,Organization - ID\nGlobex,Jo,Austin,12\n", "Globex", "12", "Austin"),
    ("(Do Not Modify) Account,Account Name,Main Phone,Address 1: City,Primary Contact,Owner\nA-1,Globex,+1 206 555 0100,Austin,Pat,Sam\n", "Globex", "A-1", "Austin"),
    ("phone;country;city;company_name;customer_id;extra\r\n030-0074321;Germany;Austin;Globex;ALFKI;\r\n", "Globex", "ALFKI", "Austin"),
    ("上级客户\t客户名称\t所属行业\t客户级别\t城市\t客户ID\n\tGlobex\t互联网\tVIP\tAustin\tX1\n", "Globex", "X1", "Austin"),
    ("SupplierID,CompanyName,City\n7,Globex,Austin\n", "Globex", "7", "Austin"),
])  # fmt: skip
def test_customers_of_eight_other_systems(cast, tmp_path, text, name, key, city):
    found = told(bring("customers", file(tmp_path, text)))
    assert (found["created"], found["refused"]) == (1, 0), found
    customer = Customer.objects.get(name=name)
    assert customer.region.name == city
    assert SourceKey.objects.get(subject_id=customer.pk, kind="customers").key == key


def test_the_same_rows_as_json_and_as_a_workbook_are_the_same(cast, tmp_path):
    bring("customers", file(tmp_path, "id,name,city\n0012,Globex,Austin\n"))
    orders = [
        {
            "order_id": 1,
            "customer_id": "0012",
            "order_date": "2024-03-05T00:00:00.000Z",
            "total": 12.5,
            "ship": {"name": "x"},
        }
    ]
    bring("orders", file(tmp_path, json.dumps(orders), "orders.json"))
    order = Order.objects.get(number="1")
    assert (order.ordered_on, order.amount) == (date(2024, 3, 5), Decimal("12.5"))
    book = openpyxl.Workbook()
    book.active.append(["订单号", "客户编号", "签约日期", "合同金额", "金额"])
    book.active.append(["0002", "0012", datetime(2024, 3, 6), None, 99.5])
    book.save(tmp_path / "orders.xlsx")
    bring("orders", tmp_path / "orders.xlsx")
    order = Order.objects.get(number="0002")
    assert (order.ordered_on, order.amount) == (date(2024, 3, 6), Decimal("99.5"))


def test_days_in_the_order_that_the_column_proves(cast, tmp_path):
    bring("customers", file(tmp_path, "id,name,city\n1,Globex,Austin\n"))
    bring("orders", file(tmp_path, "id,customer,date,amount\nA,1,1/2/2024,1\nB,1,1/28/2024,1\n"))
    bring("orders", file(tmp_path, "id,customer,date,amount\nC,1,1/2/2024,1\nD,1,28/1/2024,1\n"))
    days = dict(Order.objects.values_list("number", "ordered_on"))
    assert (days["A"], days["C"]) == (date(2024, 1, 2), date(2024, 2, 1))
    unsure = bring("orders", file(tmp_path, "id,customer,date,amount\nE,1,1/2/2024,1\n"))
    assert unsure.state == "refused" and "1/2/2024" in told(unsure)["reasons"][0]["reason"]


def test_of_two_keys_the_one_the_source_has_used_is_taken(cast, tmp_path):
    bring("customers", file(tmp_path, "code,name,area\n000001,平安银行,深圳\n000002,万科A,深圳\n"))
    found = told(
        bring(
            "customers",
            file(
                tmp_path,
                "ts_code,symbol,name,area\n000001.SZ,000001,平安银行,深圳\n000002.SZ,000002,万 科Ａ,广东\n",
            ),
        )
    )
    assert (found["updated"], found["created"]) == (2, 0)
    assert set(Customer.objects.filter(pk__in=keys("old", "customers")).values_list("name", "region__name")) == {
        ("平安银行", "深圳"), ("万科A", "广东"),
    }  # fmt: skip


def test_names_in_two_columns_join_by_their_script(cast, tmp_path):
    bring(
        "customers",
        file(
            tmp_path,
            "id,first name,last name,company,email\n1,小明,王,,w@x.cn\n2,Luís,Gonçalves,Embraer,l@e.br\n3,Ann,Lee,,a@x.com\n",
        ),
    )
    found = dict(
        Customer.objects.filter(pk__in=keys("old", "customers")).values_list("name", "kind")
    )
    assert found == {"王小明": "person", "Embraer": "organisation", "Ann Lee": "person"}
    assert Contact.objects.get(name="Luís Gonçalves").positions.get().customer.name == "Embraer"


def test_a_list_of_territories_without_people_is_one_of_regions(cast, tmp_path):
    imported = bring(
        "territories",
        file(tmp_path, "TerritoryID,TerritoryDescription,RegionID\n01581,Westboro,1\n"),
    )
    assert imported.kind == "regions" and told(imported)["created"] == 1


def test_rows_deleted_in_the_other_system_are_left_out_of_every_kind(cast, tmp_path):
    text = "Id,Name,City,IsDeleted\nK1,Kapok,Bremen,false\nK2,Ölberg,Bremen,true\n"
    found = told(bring("customers", file(tmp_path, text)))
    assert (found["created"], [row["row"] for row in found["reasons"]]) == (1, [3])
    text = "Id,AccountId,Date,Subject,IsDeleted\nV1,K1,2024-05-06,Met,true\n"
    found = told(bring("activities", file(tmp_path, text, "visits.csv")))
    assert (found["created"], found["refused"]) == (0, 1) and not Activity.objects.exists()
