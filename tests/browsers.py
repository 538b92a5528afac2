"""The browser that the tests drive: Debian's, or the one at ATT_TEST_CHROMIUM."""

import os
import shutil

CHROMIUM = shutil.which(os.environ.get("ATT_TEST_CHROMIUM", "chromium")) or ""  # empty where there is none

# It asks nothing of the network by itself.
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
    "--disable-dev-shm-usage",
)  # fmt: skip
