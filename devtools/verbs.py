"""temporary"""
from devtools import venv
from devtools.paths import Stop, say

def main(argv):
    try:
        venv.ensure()
    except Stop as e:
        say(str(e)); return 1
    return 0
