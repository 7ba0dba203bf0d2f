"""A large company, loaded by SQL: 2,000 people in a tree of five levels, and their customers.

units      1 company, 10 divisions, 20 regions, 80 areas, 320 teams; 8 service lines, 4 circles
people     a head of each of the 431 units, 1,300 reps, 69 of the service line, 200 experts
customer   account manager (a rep; one in 200 is vacant), for three in ten a backup of the same
           team, a service seat, a key-account member, for three in four a share: 4.05 rows of
           the access index; half of them had an account manager before; ten visits
"""

import io
import time
from contextlib import contextmanager
from itertools import islice, pairwise

from crm.services.access_index import COLUMNS, FRESH
from kit import names

LEVELS = [("company", 1), ("department", 10), ("department", 20), ("department", 80), ("team", 320)]
REPS, SERVICE, EXPERTS = 1_300, 69, 200
TEAMS = LEVELS[-1][1]
HEADS = sum(count for _kind, count in LEVELS)
FIRST_TEAM = HEADS - TEAMS + 1
FIRST_LINE = HEADS + 1
FIRST_CIRCLE = FIRST_LINE + 8
FIRST_PERSON = 1_000  # ids below belong to the system
FIRST_REP = FIRST_PERSON + HEADS
FIRST_SERVICE = FIRST_REP + REPS
FIRST_EXPERT = FIRST_SERVICE + SERVICE
VISITS = 10
COMMON = "机电"  # a word that many names hold, and many late in their order


def resize(teams, reps, service, experts):
    """A smaller company for this process: one unit of each level above `teams`, fewer people."""
    levels = [
        ("company", 1),
        ("department", 1),
        ("department", 1),
        ("department", 2),
        ("team", teams),
    ]
    heads = sum(count for _kind, count in levels)
    first_rep = FIRST_PERSON + heads
    globals().update(
        LEVELS=levels, TEAMS=teams, REPS=reps, SERVICE=service, EXPERTS=experts, HEADS=heads,
        FIRST_TEAM=heads - teams + 1, FIRST_LINE=heads + 1, FIRST_CIRCLE=heads + 9,
        FIRST_REP=first_rep, FIRST_SERVICE=first_rep + reps,
        FIRST_EXPERT=first_rep + reps + service,
    )  # fmt: skip


def unit_parent(unit):
    """The unit above one of the five levels; None for the company."""
    first = 1
    for (_kind, above), (_kind2, count) in pairwise(LEVELS):
        start = first + above
        if start <= unit < start + count:
            return first + (unit - start) * above // count
        first = start
    return None


def unit_rows():
    number = 0
    for kind, count in LEVELS:
        for _ in range(count):
            number += 1
            yield number, unit_parent(number), f"{kind.title()} {number}", kind, "sales"
    for number in range(FIRST_LINE, FIRST_LINE + 8):
        yield number, 1, f"Service line {number}", "department", "service_line"
    for number in range(FIRST_CIRCLE, FIRST_CIRCLE + 4):
        yield number, 1, f"Circle {number}", "team", "sales"


def people_rows():
    """(id, roles, unit, post)"""
    middle = HEADS - TEAMS - 1 - LEVELS[1][1]
    top = ["director", *["head_of_sales"] * LEVELS[1][1], *["department_head"] * middle]
    for number in range(HEADS):
        role = top[number] if number < len(top) else "team_lead"
        yield FIRST_PERSON + number, role, number + 1, "head"
    for number in range(REPS):
        yield FIRST_REP + number, "rep", FIRST_TEAM + number % TEAMS, "member"
    for number in range(SERVICE):
        yield FIRST_SERVICE + number, "service", FIRST_LINE + number % 8, "member"
    for number in range(EXPERTS):
        yield FIRST_EXPERT + number, "rep", FIRST_CIRCLE + number % 4, "member"


# -- names -------------------------------------------------------------------------------------
PLACES = """
    上海 苏州 无锡 南通 宁波 杭州 嘉兴 湖州 绍兴 金华 台州 温州 合肥 芜湖 蚌埠 南京 镇江 扬州 泰州 盐城 徐州 连云 淮安 宿迁 广州 深圳 东莞 佛山 中山 珠海
    惠州 厦门 泉州 福州 漳州 武汉 宜昌 襄阳 长沙 株洲
""".split()  # noqa: SIM905
MIDDLES = """
    华东 鼎盛 恒通 瑞丰 金桥 天成 永兴 百川 宏远 嘉禾 明达 新力 中联 泰安 东方 西湖 南山 北辰 海纳 山峰 云帆 星火 凯旋 同创 博远 利民 顺达 安泰 福临 康宁
    万邦 正大 联合 精诚 卓越 飞跃 长城 昆仑 长江 太湖 Delta Orient Summit Linden Harbor Granite Falcon Cedar
    Mercury Beacon Atlas Vertex Nova Apex Zenith Pioneer Sterling Crown Royal Union
""".split()  # noqa: SIM905
TRADES = """
    机电 模具 轴承 液压 阀门 电缆 包装 五金 塑料 化工 纺织 印刷 食品 医疗 光学 电器 仪表 钢构 水泵 风机 农机 船配 汽配 涂料 玻璃 陶瓷 家具 建材 物流 环保
""".split()  # noqa: SIM905


class Word:
    """A part of a name with its keys, computed once."""

    def __init__(self, text):
        self.text, self.folded = text, names.fold(text)
        self.readings = " ".join(names.syllables(text))
        self.joined = "".join(names.syllables(text))
        self.initials = names.initials(text)


def customer_lines(count):
    """COPY lines of customers: id, name, keys, tier, unit and times, names as the product keys them."""
    places, middles, trades = ([Word(t) for t in words] for words in (PLACES, MIDDLES, TRADES))
    tail = Word("有限公司")
    now = int(time.time())
    for pk in range(1, count + 1):
        mixed = pk * 2_654_435_761 % 4_294_967_296
        a, b, c = places[mixed % 40], middles[mixed // 40 % 60], trades[mixed // 2_400 % 30]
        number = mixed // 72_000 % 997
        name = f"{a.text}{b.text}{c.text}{number}"
        gap = "" if b.text[0] > "z" else " "
        joined = f"{a.joined}{b.joined}{c.joined}"
        short = f"{a.initials}{b.initials}{c.initials}"
        folded = f"{a.folded}{b.folded}{c.folded}{number}"
        key = f"{a.readings} {b.readings} {c.readings} {number}"
        search = "|".join((folded, f"{joined}{number}", f"{short}", f"{folded}{tail.folded}",
                           f"{joined}{number}{tail.joined}", f"{short}{tail.initials}"))  # fmt: skip
        grams = ",".join(
            sorted({*a.text, *c.text, a.text, c.text, *((b.text, *b.text) if not gap else ())})
        )
        unit = FIRST_TEAM + rep_of(pk) % TEAMS
        last = now - (pk * 37 % 41) * 86_400 - pk % 86_400
        legal = names.bare(folded + tail.folded)
        yield (f"{pk}\t{name}\t{name}{tail.text}\t{'ABC'[mixed % 3]}\t{unit}\t{key}\t{search}\t"
               f"{legal}\t{{{grams}}}\t{last}\n")  # fmt: skip


def rep_of(pk):
    """The number of the rep who is account manager of a customer."""
    return pk * 7_919 % REPS


# -- loading -----------------------------------------------------------------------------------
class Loader:
    """Fills an empty, migrated database through the owner's connection."""

    def __init__(self, connection, count, say):
        self.connection, self.count, self.say = connection, count, say
        self.cursor = connection.cursor()
        self.started = time.perf_counter()

    def run(self):
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'",
                        "work_mem = '256MB'", "statement_timeout = 0"):  # fmt: skip
            self.cursor.execute(f"SET {setting}")
        self.organisation()
        with self.bare("crm_customer"):
            self.customers()
        with self.bare("crm_assignment"):
            self.seats()
        with self.bare("crm_share"):
            self.shares()
        with self.bare("crm_customeraccess"):
            self.index()
        with self.bare("crm_activity"):
            self.visits()
        self.told("analyze")
        self.cursor.execute("ANALYZE")
        self.sequences()
        self.told("loaded")

    def told(self, what):
        self.say(f"  {time.perf_counter() - self.started:6.1f} s  {what}")

    @contextmanager
    def bare(self, table):
        """The table without triggers, indexes and foreign keys while it is filled.

        They come back after it, but for exclusion constraints: no page reads those.
        """
        self.told(table)
        self.cursor.execute(
            "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'x')", [table],
        )  # fmt: skip
        constraints = self.cursor.fetchall()
        for name, _kind, _definition in constraints:
            self.cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        self.cursor.execute(
            "SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = %s::regclass AND NOT i.indisprimary", [table],
        )  # fmt: skip
        indexes = self.cursor.fetchall()
        for name, _definition in indexes:
            self.cursor.execute(f"DROP INDEX {name}")
        self.cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        self.told(f"{table} is filled")
        for _name, definition in indexes:
            self.cursor.execute(definition)
        for name, kind, definition in constraints:
            late = {"f": " NOT VALID", "u": ""}.get(kind)
            if late is not None:
                self.cursor.execute(
                    f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}{late}'
                )
        self.cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def insert(self, table, values, source):
        """INSERT … SELECT; columns that must not be null and are not named get an empty value."""
        self.cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
            " AND is_generated = 'NEVER'", [table],
        )  # fmt: skip
        for column, kind in self.cursor.fetchall():
            if column not in values:
                values[column] = EMPTY.get(kind, "''")
        columns = ", ".join(values)
        self.cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {', '.join(map(str, values.values()))} {source}"
        )

    def rows(self, table, values, rows):
        """INSERT of a few thousand rows given as tuples r.c0, r.c1 …"""
        width = len(rows[0])
        names = ", ".join(f"c{number}" for number in range(width))
        marks = ", ".join(
            self.cursor.mogrify(f"({', '.join(['%s'] * width)})", row).decode() for row in rows
        )
        self.insert(table, values, f"FROM (VALUES {marks}) r ({names})")

    def organisation(self):
        self.told("organisation")
        off = ("accounts_unit", "accounts_person", "accounts_membership")
        for table in off:
            self.cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.rows("accounts_unit", {"id": "c0", "parent_id": "c1", "name": "c2", "kind": "c3",
                                    "function": "c4"}, list(unit_rows()))  # fmt: skip
        people = [(pk, f"bench{pk}", f"Person {pk}", [role]) for pk, role, _u, _p in people_rows()]
        self.rows("accounts_person", {
            "id": "c0", "username": "c1", "name": "c2", "roles": "c3", "state": "'active'",
            "language": "'en'", "time_zone": "'Asia/Shanghai'", "shortcuts": "true",
            "password": "'!'", "sort_key": "lower(c2)", "search_key": "lower(c2)",
        }, people)  # fmt: skip
        self.rows("accounts_membership", {
            "person_id": "c0", "unit_id": "c2", "post": "c3",
            "period": "tstzrange('2020-01-01', NULL)",
        }, list(people_rows()))  # fmt: skip
        for table in off:
            self.cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def customers(self):
        self.cursor.execute("CREATE TEMP TABLE given (id bigint, name text, legal text, tier text,"
                            " unit bigint, key text, search text, legal_key text, grams text[], last bigint)")  # fmt: skip
        lines = customer_lines(self.count)
        while block := "".join(islice(lines, 50_000)):
            self.cursor.copy_expert("COPY given FROM STDIN", io.StringIO(block))
        self.told("names are made")
        self.insert("crm_customer", {
            "id": "id", "kind": "'organisation'", "name": "name", "legal_name": "legal",
            "tier": "tier", "status": "'active'", "origin": "'unknown'", "home_unit_id": "unit",
            "version": "1", "sort_key": "key", "search_key": "search", "legal_key": "legal_key", "grams": "grams",
            "last_activity_at": "to_timestamp(last)", "last_confirmed_at": "to_timestamp(last)",
        }, "FROM given ORDER BY id")  # fmt: skip
        self.cursor.execute("DROP TABLE given; ANALYZE crm_customer")

    def rep(self, of=""):
        """The number of the rep who looks after a customer, as SQL."""
        return f"({of}id * 7919 % {REPS})"

    def seats(self):
        rep = self.rep()
        mate = f"CASE WHEN {rep} + {TEAMS} < {REPS} THEN {rep} + {TEAMS} ELSE {rep} % {TEAMS} END"
        chance = "(id * 2654435761 % 4294967296 / 65536 % {})"  # independent of who holds it
        held, backed = f"{chance.format(200)} <> 0", f"{chance.format(10)} < 3"
        began = "timestamptz '2024-01-01' + (id % 600) * interval '1 day'"
        seats = [
            ("account_manager", f"{FIRST_REP} + {rep}", held, f"tstzrange({began}, NULL)"),
            ("backup", f"{FIRST_REP} + ({mate})", backed, f"tstzrange({began}, NULL)"),
            ("service_line", f"{FIRST_SERVICE} + id % {SERVICE}", "true", f"tstzrange({began}, NULL)"),
            ("key_account_member", f"{FIRST_EXPERT} + id * 31 % {EXPERTS // 2}", "true", f"tstzrange({began}, NULL)"),
            ("account_manager", f"{FIRST_REP} + (id * 104729 % {REPS})", "id % 2 = 0",
             f"tstzrange('2022-01-01', {began})"),
        ]  # fmt: skip
        for seat, person, where, period in seats:
            self.insert("crm_assignment", {
                "customer_id": "id", "person_id": person, "seat": f"'{seat}'", "period": period,
                "reason": "'first'", "made_by_id": str(FIRST_PERSON),
            }, f"FROM crm_customer WHERE {where} ORDER BY id")  # fmt: skip
        self.cursor.execute("ANALYZE crm_assignment")

    def shares(self):
        self.insert("crm_share", {
            "content_object_id": "c.id", "user_id": f"{FIRST_EXPERT + EXPERTS // 2} + c.id * 17 % {EXPERTS // 2}",
            "permission_id": "p.id", "period": "tstzrange(now(), now() + interval '90 days')",
            "reason": "'Bench'", "granted_by_id": str(FIRST_PERSON),
        }, "FROM crm_customer c JOIN auth_permission p ON p.codename = 'read_customer'"
           " WHERE c.id % 4 <> 0")  # fmt: skip
        self.cursor.execute("ANALYZE crm_share")

    def index(self):
        """The statement of the product, for all customers at once."""
        fresh = FRESH.replace("= ANY(%(ids)s)", "IS NOT NULL").replace("%%", "%")
        self.cursor.execute(
            f"INSERT INTO crm_customeraccess ({COLUMNS}) SELECT {COLUMNS} FROM ({fresh}) f"
        )

    def visits(self):
        self.insert("crm_activity", {
            "customer_id": "c.id", "author_id": f"{FIRST_REP} + {self.rep('c.')}",
            "kind": "'visit'", "happened_at": "c.last_activity_at - k * interval '9 days'",
            "note": "'Visited the works; delivery in two lots, price stays, samples by Friday.'",
            "client_uuid": "gen_random_uuid()", "version": "1",
        }, f"FROM crm_customer c, generate_series(0, {VISITS - 1}) k")  # fmt: skip

    def sequences(self):
        for table in ("accounts_unit", "accounts_person", "crm_customer"):
            self.cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


EMPTY = {
    "boolean": "false", "integer": "0", "smallint": "0", "bigint": "0", "bytea": "''::bytea",
    "ARRAY": "'{}'", "timestamp with time zone": "now()", "uuid": "gen_random_uuid()",
    "jsonb": "'{}'", "date": "current_date",
}  # fmt: skip
