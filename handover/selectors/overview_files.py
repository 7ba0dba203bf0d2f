"""How complete and fresh the files are: a stacked bar for each account manager, the thinnest first."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Person
from crm.selectors import file_fields
from handover.selectors.overview_panels import LISTED, Item, Panel, customers_url
from kit import svg
from kit.templatetags import formats
from kit.templatetags.words import shown_name

# How near a file is to the target of its tier → the class of its part of the bar, and its words.
NEAR = {
    "reached": ("bar", gettext_lazy("Reaches the target of its tier")),
    "half": ("bar-muted", gettext_lazy("Half of it or more")),
    "less": ("bar-track", gettext_lazy("Less than half")),
}


@dataclass
class Files:
    """The files that one person answers for: how many are how near, and their percentages."""

    person: Person
    near: Counter = field(default_factory=Counter)
    totals: list = field(default_factory=list)

    @property
    def below(self):
        return len(self.totals) - self.near["reached"]

    @property
    def mean(self):
        """The mean percentage, a whole number."""
        return int(sum(self.totals) / len(self.totals) + 0.5)


def near(line, targets):
    """reached, half or less: a Line's file against the target of its tier."""
    target = targets[line.tier]
    return "reached" if line.file >= target else "half" if 2 * line.file >= target else "less"


def targets():
    """Tier → the percentage its files should reach."""
    return {tier: file_fields.target(tier) for tier in "ABC"}


def by_person(made, wanted):
    """The Files of everybody who holds customers that have one, who is furthest from it first."""
    lines = defaultdict(list)
    for line in made.lines:
        if line.file is not None:
            lines[line.manager].append(line)
    found = []
    for book in made.books:
        if own := lines.get(book.person.pk):
            near_to = Counter(near(line, wanted) for line in own)
            found.append(Files(book.person, near_to, [line.file for line in own]))
    return sorted(found, key=lambda one: (-one.below, one.mean, one.person.sort_key))


def files(made):
    """Whose files are incomplete or out of date, against the target of each tier."""
    wanted = targets()
    people = by_person(made, wanted)
    thin = sorted(
        (line for line in made.lines if line.file is not None and near(line, wanted) != "reached"),
        key=lambda line: (line.tier, line.file, line.pk),
    )
    caption = _("Counted as complete is what is filled and was confirmed in time. "
                "Targets: A %(A)s, B %(B)s, C %(C)s.")  # fmt: skip
    shown = {tier: formats.percent(target) for tier, target in wanted.items()}
    return Panel(
        "files", title(len(thin), sum(line.file is not None for line in made.lines)),
        caption=caption % shown, bars=[bar(one) for one in people[:LISTED]],
        heads=[_("Account manager"), _("Files"), *(str(words) for _kind, words in NEAR.values()), _("Mean")],
        rows=[row(one) for one in people], key_of=[(kind, words) for kind, words in NEAR.values()],
        link=(_("Request update"), customers_url("view=incomplete")),
        items=[item(line, wanted) for line in thin[:LISTED]],
    )  # fmt: skip


def title(thin, number):
    """The answer in a sentence."""
    if not thin:
        return _("All files reach the target of their tier.") if number else _("No files yet")
    text = ngettext("%(count)s of %(all)s files is below the target of its tier",
                    "%(count)s of %(all)s files are below the target of their tier", thin)  # fmt: skip
    return text % {"count": formats.number(thin), "all": formats.number(number)}


def bar(one):
    """A person, the stacked bar of their files, how many of how many are complete."""
    parts = [(one.near[name], kind) for name, (kind, _words) in NEAR.items()]
    said = {"count": formats.number(one.near["reached"]), "all": formats.number(len(one.totals))}
    return (one.person, svg.stack(parts), _("%(count)s of %(all)s on target") % said, False)


def row(one):
    """The numbers of a bar."""
    counts = [formats.number(one.near[name]) for name in NEAR]
    return [
        shown_name(one.person),
        formats.number(len(one.totals)),
        *counts,
        formats.percent(one.mean),
    ]


def item(line, wanted):
    """A customer whose file is thin, with its percentage against the target."""
    note = _("target %(target)s") % {"target": formats.percent(wanted[line.tier])}
    return Item(customer_id=line.pk, note=note, number=formats.percent(line.file))
