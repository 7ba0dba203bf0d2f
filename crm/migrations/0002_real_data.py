# Orders, payments, territories, imports.

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0001_initial"),
        ("kit", "0002_machinery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("employees", "Employees"),
                            ("teams", "Teams"),
                            ("regions", "Regions"),
                            ("territories", "Territories"),
                            ("customers", "Customers"),
                            ("contacts", "Contacts"),
                            ("relations", "Contacts at customers"),
                            ("seats", "Seat history"),
                            ("activities", "Activities"),
                            ("orders", "Orders"),
                            ("order_lines", "Order lines"),
                            ("payments", "Payments"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("source", models.CharField(max_length=60, verbose_name="source")),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("digest", models.CharField(max_length=64)),
                ("options", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("checked", "Checked, not started"),
                            ("refused", "Refused, nothing changed"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                            ("failed", "Stopped by a fault"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("read", models.PositiveIntegerField(default=0)),
                ("accepted", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("notes", models.JSONField(default=list)),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                ("undo_until", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("refused", "Refused"),
                            ("created", "Created"),
                            ("updated", "Updated"),
                            ("unchanged", "Unchanged"),
                            ("undone", "Undone"),
                            ("kept", "Kept, it is in use"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("before", models.BinaryField(null=True)),
                ("remarks", models.JSONField(default=list)),
                ("subject_id", models.BigIntegerField(null=True)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="number")),
                ("ordered_on", models.DateField(verbose_name="ordered on")),
                (
                    "promised_on",
                    models.DateField(blank=True, null=True, verbose_name="promised for"),
                ),
                (
                    "delivered_on",
                    models.DateField(blank=True, null=True, verbose_name="delivered on"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "told_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=16),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["-ordered_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="OrderEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.actor"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.BigIntegerField(),
                        ),
                        null=True,
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.request"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=40,
                        null=True,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.verb"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=80,
                        null=True,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=60, verbose_name="number")),
                ("ordered_on", models.DateField(verbose_name="ordered on")),
                (
                    "promised_on",
                    models.DateField(blank=True, null=True, verbose_name="promised for"),
                ),
                (
                    "delivered_on",
                    models.DateField(blank=True, null=True, verbose_name="delivered on"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "told_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=16),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product", models.CharField(max_length=200, verbose_name="product")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=4, max_digits=14, verbose_name="quantity"),
                ),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="unit price"),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=5,
                        default=Decimal("0"),
                        max_digits=6,
                        verbose_name="discount",
                    ),
                ),
                (
                    "amount",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("quantity"), "*", models.F("unit_price")
                            ),
                            "*",
                            django.db.models.expressions.CombinedExpression(
                                models.Value(1), "-", models.F("discount")
                            ),
                        ),
                        output_field=models.DecimalField(decimal_places=4, max_digits=16),
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="OrderLineEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.actor"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.BigIntegerField(),
                        ),
                        null=True,
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.request"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=40,
                        null=True,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.verb"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=80,
                        null=True,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("product", models.CharField(max_length=200, verbose_name="product")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=4, max_digits=14, verbose_name="quantity"),
                ),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="unit price"),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=5,
                        default=Decimal("0"),
                        max_digits=6,
                        verbose_name="discount",
                    ),
                ),
                (
                    "amount",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("quantity"), "*", models.F("unit_price")
                            ),
                            "*",
                            django.db.models.expressions.CombinedExpression(
                                models.Value(1), "-", models.F("discount")
                            ),
                        ),
                        output_field=models.DecimalField(decimal_places=4, max_digits=16),
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="number")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="amount"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["-paid_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.actor"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.BigIntegerField(),
                        ),
                        null=True,
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.request"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=40,
                        null=True,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.verb"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=80,
                        null=True,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="number")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="amount"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("since", models.DateField(verbose_name="since")),
                ("rate", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="rate")),
            ],
            options={
                "ordering": ["currency", "-since"],
            },
        ),
        migrations.CreateModel(
            name="RateEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.actor"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.BigIntegerField(),
                        ),
                        null=True,
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.request"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=40,
                        null=True,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.verb"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=80,
                        null=True,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("since", models.DateField(verbose_name="since")),
                ("rate", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="rate")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SourceKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("employees", "Employees"),
                            ("teams", "Teams"),
                            ("regions", "Regions"),
                            ("territories", "Territories"),
                            ("customers", "Customers"),
                            ("contacts", "Contacts"),
                            ("relations", "Contacts at customers"),
                            ("seats", "Seat history"),
                            ("activities", "Activities"),
                            ("orders", "Orders"),
                            ("order_lines", "Order lines"),
                            ("payments", "Payments"),
                        ],
                        max_length=12,
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("subject_id", models.BigIntegerField()),
                ("digest", models.BinaryField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name="Territory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="since")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "ordering": ["region__position", "region_id", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TerritoryEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.actor"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.BigIntegerField(),
                        ),
                        null=True,
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.request"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=40,
                        null=True,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("holdfast.verb"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value(""),
                            ),
                            models.TextField(),
                        ),
                        max_length=80,
                        null=True,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="since")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="activity",
            name="activity_kept",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="activity",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="activity",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="activity",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="customer_kept",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="activity",
            name="author_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="activityevent",
            name="author_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="customer",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subsidiaries",
                to="crm.customer",
            ),
        ),
        migrations.AddField(
            model_name="customerevent",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="crm.customer",
            ),
        ),
        migrations.AlterField(
            model_name="activity",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="activities",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="activityevent",
            name="author",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="activity",
            trigger=pgtrigger.compiler.Trigger(
                name="activity_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT 1 FROM crm_sourcekey k JOIN crm_import i ON i.id = k.made_in_id\n                WHERE k.kind = 'activities' AND k.subject_id = OLD.id\n                  AND i.state = 'undoing' AND i.undo_until > clock_timestamp()\n            ) THEN\n                RETURN OLD;\n            END IF;\n            RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;\n        ",
                    hash="592b33eeaef219160dd269b490119f2aeef41a90",
                    operation="DELETE",
                    pgid="pgtrigger_activity_kept_62f3b",
                    table="crm_activity",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="activity",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_activityevent" ("author_id", "author_name", "client_digest", "client_uuid", "confirmed_at", "customer_id", "happened_at", "id", "is_late", "kind", "next_step", "next_step_done_at", "next_step_on", "note", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "recorded_at", "version") VALUES (NEW."author_id", NEW."author_name", NEW."client_digest", NEW."client_uuid", NEW."confirmed_at", NEW."customer_id", NEW."happened_at", NEW."id", NEW."is_late", NEW."kind", NEW."next_step", NEW."next_step_done_at", NEW."next_step_on", NEW."note", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."proof", NEW."recorded_at", NEW."version"); RETURN NULL;',
                    hash="f40a0ccf163c08199393f0238ed6bb297d5d221f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e378c",
                    table="crm_activity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="activity",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "crm_activityevent" ("author_id", "author_name", "client_digest", "client_uuid", "confirmed_at", "customer_id", "happened_at", "id", "is_late", "kind", "next_step", "next_step_done_at", "next_step_on", "note", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "recorded_at", "version") VALUES (NEW."author_id", NEW."author_name", NEW."client_digest", NEW."client_uuid", NEW."confirmed_at", NEW."customer_id", NEW."happened_at", NEW."id", NEW."is_late", NEW."kind", NEW."next_step", NEW."next_step_done_at", NEW."next_step_on", NEW."note", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."proof", NEW."recorded_at", NEW."version"); RETURN NULL;',
                    hash="daf451bb2771280f51516f5f968665be70652eaa",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dcadb",
                    table="crm_activity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="activity",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_activityevent" ("author_id", "author_name", "client_digest", "client_uuid", "confirmed_at", "customer_id", "happened_at", "id", "is_late", "kind", "next_step", "next_step_done_at", "next_step_on", "note", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "recorded_at", "version") VALUES (OLD."author_id", OLD."author_name", OLD."client_digest", OLD."client_uuid", OLD."confirmed_at", OLD."customer_id", OLD."happened_at", OLD."id", OLD."is_late", OLD."kind", OLD."next_step", OLD."next_step_done_at", OLD."next_step_on", OLD."note", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."proof", OLD."recorded_at", OLD."version"); RETURN NULL;',
                    hash="721278949e8950413ba513c0cab5a192df1b03a8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_af759",
                    table="crm_activity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="customer_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT 1 FROM crm_sourcekey k JOIN crm_import i ON i.id = k.made_in_id\n                WHERE k.kind = 'customers' AND k.subject_id = OLD.id\n                  AND i.state = 'undoing' AND i.undo_until > clock_timestamp()\n            ) THEN\n                RETURN OLD;\n            END IF;\n            RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;\n        ",
                    hash="9d4c9e39759c0de128cbebcb313c36820fb1c050",
                    operation="DELETE",
                    pgid="pgtrigger_customer_kept_5f34a",
                    table="crm_customer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_customerevent" ("address", "created_at", "home_unit_id", "id", "industry_id", "key_id", "kind", "legal_name", "name", "origin", "origin_person_id", "parent_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "status", "tier", "version") VALUES (NEW."address", NEW."created_at", NEW."home_unit_id", NEW."id", NEW."industry_id", NEW."key_id", NEW."kind", NEW."legal_name", NEW."name", NEW."origin", NEW."origin_person_id", NEW."parent_id", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."region_id", NEW."status", NEW."tier", NEW."version"); RETURN NULL;',
                    hash="7fd136f767c0ad2a98fc2e3c8be5ac22c439d52b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d8d27",
                    table="crm_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."home_unit_id" IS DISTINCT FROM (NEW."home_unit_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry_id" IS DISTINCT FROM (NEW."industry_id") OR OLD."key_id" IS DISTINCT FROM (NEW."key_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."legal_name" IS DISTINCT FROM (NEW."legal_name") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."origin" IS DISTINCT FROM (NEW."origin") OR OLD."origin_person_id" IS DISTINCT FROM (NEW."origin_person_id") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."tier" IS DISTINCT FROM (NEW."tier") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "crm_customerevent" ("address", "created_at", "home_unit_id", "id", "industry_id", "key_id", "kind", "legal_name", "name", "origin", "origin_person_id", "parent_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "status", "tier", "version") VALUES (NEW."address", NEW."created_at", NEW."home_unit_id", NEW."id", NEW."industry_id", NEW."key_id", NEW."kind", NEW."legal_name", NEW."name", NEW."origin", NEW."origin_person_id", NEW."parent_id", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."region_id", NEW."status", NEW."tier", NEW."version"); RETURN NULL;',
                    hash="303cc3bcf6d26b764760e87de7fdd7705d01df86",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2c843",
                    table="crm_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_customerevent" ("address", "created_at", "home_unit_id", "id", "industry_id", "key_id", "kind", "legal_name", "name", "origin", "origin_person_id", "parent_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "status", "tier", "version") VALUES (OLD."address", OLD."created_at", OLD."home_unit_id", OLD."id", OLD."industry_id", OLD."key_id", OLD."kind", OLD."legal_name", OLD."name", OLD."origin", OLD."origin_person_id", OLD."parent_id", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."region_id", OLD."status", OLD."tier", OLD."version"); RETURN NULL;',
                    hash="126e1e39247941e938650ba39665599c5a16bd68",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_21256",
                    table="crm_customer",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="kit.job",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="key",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="kit.subjectkey",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imports",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="imported",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="crm.import"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="crm.customer",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="orderevent",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="crm.customer",
            ),
        ),
        migrations.AddField(
            model_name="orderevent",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="orderevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="crm.order",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="crm.order"
            ),
        ),
        migrations.AddField(
            model_name="orderlineevent",
            name="order",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="crm.order",
            ),
        ),
        migrations.AddField(
            model_name="orderlineevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="crm.orderline",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="crm.customer",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="crm.order",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="crm.customer",
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="order",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="crm.order",
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="crm.payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.UniqueConstraint(fields=("currency", "since"), name="rate_once"),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__gt", 0)), name="rate_positive"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_rateevent" ("currency", "id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "since") VALUES (NEW."currency", NEW."id", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."rate", NEW."since"); RETURN NULL;',
                    hash="a1fe7bae735ae3104d446311b5c68dd6638adc44",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f18dc",
                    table="crm_rate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rate",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "crm_rateevent" ("currency", "id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "since") VALUES (NEW."currency", NEW."id", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."rate", NEW."since"); RETURN NULL;',
                    hash="4f687ae9d8d8e92063a842dc5657b334c3680a30",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_48522",
                    table="crm_rate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rate",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_rateevent" ("currency", "id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "since") VALUES (OLD."currency", OLD."id", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."rate", OLD."since"); RETURN NULL;',
                    hash="c76c1fa7a8705f2278dbdec9bd6a5387310f6927",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5e873",
                    table="crm_rate",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="rateevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="crm.rate",
            ),
        ),
        migrations.AddField(
            model_name="sourcekey",
            name="made_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.import",
            ),
        ),
        migrations.AddField(
            model_name="territory",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="territories",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="territory",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="territories",
                to="crm.region",
            ),
        ),
        migrations.AddField(
            model_name="territoryevent",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="territoryevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="crm.territory",
            ),
        ),
        migrations.AddField(
            model_name="territoryevent",
            name="region",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="crm.region",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("outcome", "waiting")),
                fields=["imported", "number"],
                name="import_row_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                fields=("imported", "number"), name="import_row_once"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["customer", "-ordered_on"], name="order_customer"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["person", "-ordered_on"], name="order_person"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["-ordered_on", "-id"], name="order_by_day"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="order_has_number"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_orderevent" ("amount", "currency", "customer_id", "delivered_on", "id", "number", "ordered_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_on", "recorded_at", "state", "told_amount", "version") VALUES (NEW."amount", NEW."currency", NEW."customer_id", NEW."delivered_on", NEW."id", NEW."number", NEW."ordered_on", NEW."person_id", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."promised_on", NEW."recorded_at", NEW."state", NEW."told_amount", NEW."version"); RETURN NULL;',
                    hash="f5af1a4403ce04dd0a585b5d1d9eb878dd99a51d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3126d",
                    table="crm_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "crm_orderevent" ("amount", "currency", "customer_id", "delivered_on", "id", "number", "ordered_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_on", "recorded_at", "state", "told_amount", "version") VALUES (NEW."amount", NEW."currency", NEW."customer_id", NEW."delivered_on", NEW."id", NEW."number", NEW."ordered_on", NEW."person_id", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."promised_on", NEW."recorded_at", NEW."state", NEW."told_amount", NEW."version"); RETURN NULL;',
                    hash="b4765894b62be75bf36f395fe6da5e3716669d51",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_809fb",
                    table="crm_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_orderevent" ("amount", "currency", "customer_id", "delivered_on", "id", "number", "ordered_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_on", "recorded_at", "state", "told_amount", "version") VALUES (OLD."amount", OLD."currency", OLD."customer_id", OLD."delivered_on", OLD."id", OLD."number", OLD."ordered_on", OLD."person_id", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."promised_on", OLD."recorded_at", OLD."state", OLD."told_amount", OLD."version"); RETURN NULL;',
                    hash="6a1116ede24d64a33515a45b21f8d9e1c1595365",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8dab2",
                    table="crm_order",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="orderevent",
            index=models.Index(
                condition=models.Q(("verb__isnull", True)), fields=["pgh_id"], name="order_noverb"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount__gte", 0), ("discount__lte", 1)),
                name="order_line_discount",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderline",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_orderlineevent" ("discount", "id", "order_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "quantity", "unit_price") VALUES (NEW."discount", NEW."id", NEW."order_id", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."product", NEW."quantity", NEW."unit_price"); RETURN NULL;',
                    hash="795d54b1b4c22e70c0407409737e5d9fdfd124a4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2fcf0",
                    table="crm_orderline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderline",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "crm_orderlineevent" ("discount", "id", "order_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "quantity", "unit_price") VALUES (NEW."discount", NEW."id", NEW."order_id", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."product", NEW."quantity", NEW."unit_price"); RETURN NULL;',
                    hash="d30b14b334d65b9b0e5a15b51f501ec5e2ef65bc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4b853",
                    table="crm_orderline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderline",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_orderlineevent" ("discount", "id", "order_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "quantity", "unit_price") VALUES (OLD."discount", OLD."id", OLD."order_id", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."product", OLD."quantity", OLD."unit_price"); RETURN NULL;',
                    hash="be957798744120720ae1f5ec6e905105c90e51b8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fdaf1",
                    table="crm_orderline",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="orderlineevent",
            index=models.Index(
                condition=models.Q(("verb__isnull", True)),
                fields=["pgh_id"],
                name="orderline_noverb",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["customer", "-paid_on"], name="payment_customer"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["-paid_on", "-id"], name="payment_by_day"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_paymentevent" ("amount", "currency", "customer_id", "id", "number", "order_id", "paid_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "version") VALUES (NEW."amount", NEW."currency", NEW."customer_id", NEW."id", NEW."number", NEW."order_id", NEW."paid_on", NEW."person_id", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."version"); RETURN NULL;',
                    hash="bc3c9652fba9563c8dc81376ba7f1aa5ae0bf8d6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9b90b",
                    table="crm_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "crm_paymentevent" ("amount", "currency", "customer_id", "id", "number", "order_id", "paid_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "version") VALUES (NEW."amount", NEW."currency", NEW."customer_id", NEW."id", NEW."number", NEW."order_id", NEW."paid_on", NEW."person_id", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."version"); RETURN NULL;',
                    hash="9a7d9f531cebac86f7b160aba6e3d3c175a1b694",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b0d4f",
                    table="crm_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_paymentevent" ("amount", "currency", "customer_id", "id", "number", "order_id", "paid_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "version") VALUES (OLD."amount", OLD."currency", OLD."customer_id", OLD."id", OLD."number", OLD."order_id", OLD."paid_on", OLD."person_id", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."recorded_at", OLD."version"); RETURN NULL;',
                    hash="746e264bfd3c9ba62c5cb32bc1f4cc4b480f3a14",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d43c9",
                    table="crm_payment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="paymentevent",
            index=models.Index(
                condition=models.Q(("verb__isnull", True)), fields=["pgh_id"], name="payment_noverb"
            ),
        ),
        migrations.AddIndex(
            model_name="rateevent",
            index=models.Index(
                condition=models.Q(("verb__isnull", True)), fields=["pgh_id"], name="rate_noverb"
            ),
        ),
        migrations.AddIndex(
            model_name="sourcekey",
            index=models.Index(fields=["kind", "subject_id"], name="source_key_subject"),
        ),
        migrations.AddConstraint(
            model_name="sourcekey",
            constraint=models.UniqueConstraint(
                fields=("source", "kind", "key"), name="source_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("person", "region"),
                name="territory_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True),
                    ("started_on__isnull", True),
                    ("ended_on__gte", models.F("started_on")),
                    _connector="OR",
                ),
                name="territory_dates",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="territory",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_territoryevent" ("ended_on", "id", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "started_on") VALUES (NEW."ended_on", NEW."id", NEW."person_id", CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."region_id", NEW."started_on"); RETURN NULL;',
                    hash="416694e77fc8a0fb463b53d604a93167e5520eaa",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_01284",
                    table="crm_territory",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="territory",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "crm_territoryevent" ("ended_on", "id", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "started_on") VALUES (NEW."ended_on", NEW."id", NEW."person_id", CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."region_id", NEW."started_on"); RETURN NULL;',
                    hash="51080c5441d98bbb5b2c8f14f30dadf8162d255d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7dd0a",
                    table="crm_territory",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="territory",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "crm_territoryevent" ("ended_on", "id", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "started_on") VALUES (OLD."ended_on", OLD."id", OLD."person_id", CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."region_id", OLD."started_on"); RETURN NULL;',
                    hash="7af544b397a9f0ba5e355b6cfeecef27c11712b2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3601f",
                    table="crm_territory",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="territoryevent",
            index=models.Index(
                condition=models.Q(("verb__isnull", True)),
                fields=["pgh_id"],
                name="territory_noverb",
            ),
        ),
    ]
