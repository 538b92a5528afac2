"""The browser that the tests drive: Debian's, or the one at ATT_TEST_CHROMIUM."""

import os
import shutil

CHROMIUM = shutil.which(os.environ.get("ATT_TEST_CHROMIUM", "chromium")) or ""  # empty where there is none

# What surrounds a page in a window that nobody sees: made for every browser context, it cost two thirds of one.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "PreloadTopChromeWebUI", "SpareRendererForSitePerProcess")

# What Playwright itself turns off (`disabledFeatures` in its driver): Chromium hears the last such option alone.
PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip

# It asks nothing of the network by itself.
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
    "--disable-dev-shm-usage", f"--disable-features={','.join((*PLAYWRIGHT, *UNSEEN))}",
)  # fmt: skip
