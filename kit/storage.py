"""Static files under names that hold their hash, also where our scripts import each other."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Only our own modules: Django's switch for module imports trips over comments in packages' scripts.
MODULES = (
    "js/*.js",
    (
        (r"""(?P<matched>import '(?P<url>\./[\w-]+\.js)')""", "import '%(url)s'"),
        (r"""(?P<matched>from '(?P<url>\./[\w-]+\.js)')""", "from '%(url)s'"),
    ),
)


class HashedStatic(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; a browser may keep everything it serves for ever."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, MODULES)
