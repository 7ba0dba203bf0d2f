"""The example calls of the README do what it says, as they stand there."""

import re
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path
from string import Template

import pytest
from django.core.management import call_command
from django.test import Client

from crm.models import Activity, Customer

ROOT = Path(__file__).parents[2]


class Shell:
    """Reads the lines of an example: curl asks the product in this process, dev.py its commands."""

    def __init__(self, folder):
        self.folder, self.names, self.answers = folder, {}, []

    def run(self, line):
        """Carry out one line; returns what it prints."""
        name = re.fullmatch(r"([A-Z]+)=(?:\$\((.*)\)|(\S+))", line)
        if name:
            self.names[name[1]] = name[3] or self.run(name[2]).strip()
            return ""
        before, pipe, behind = line.partition(" | ")
        if pipe:
            return self.python(shlex.split(behind)[2], self.run(before))
        redirect = re.fullmatch(r"printf '(.*)' > (\S+)", line)
        if redirect:
            text = redirect[1].replace("\\n", "\n")
            (self.folder / redirect[2]).write_text(text)
            return ""
        words = [Template(word).safe_substitute(self.names) for word in shlex.split(line)]
        if words[0] == "curl":
            return self.curl(words[1:])
        if words[:3] == ["python3", "dev.py", "manage"]:
            return self.manage(words[3:])
        assert words[:2] == ["python3", "-c"], line
        return self.python(words[2])

    def python(self, code, text=""):
        done = subprocess.run(
            [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True
        )
        return done.stdout

    def manage(self, words):
        told = [str(self.folder / w) if (self.folder / w).is_file() else w for w in words]
        out = StringIO()
        call_command(*told, stdout=out)
        return out.getvalue()

    def curl(self, words):
        headers, body, url = {}, None, ""
        while words:
            word = words.pop(0)
            if word == "-H":
                name, _colon, value = words.pop(0).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = words.pop(0)
            elif word != "-s":
                url = word.removeprefix("http://127.0.0.1:8000")
        kind = headers.pop("Content-Type", "application/json")
        client = Client(headers=headers)
        answer = client.get(url) if body is None else client.post(url, body, content_type=kind)
        self.answers.append(answer)
        return answer.content.decode()


def lines():
    """The example of the README's part for programs."""
    part = (ROOT / "README.md").read_text().partition("## For scripts and other programs")[2]
    return re.search(r"```\n(.*?)```", part, re.DOTALL)[1].strip().splitlines()


@pytest.fixture
def shell(cast, tmp_path):
    return Shell(tmp_path)


def test_the_examples_find_a_customer_log_a_visit_and_import_a_file(cast, shell):
    for line in lines():
        last = shell.run(line)
    assert [answer.status_code for answer in shell.answers] == [200, 200, 201]
    visit = Activity.objects.get(author=cast.li)
    assert (visit.customer, visit.note) == (cast.huadong, "Agreed on two lots.")
    assert '"created": 1' in last
    assert Customer.objects.filter(name="North Mills").exists()
