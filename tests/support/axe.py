"""What axe-core finds on a page: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.async_api import Page

# Style sheets are read beforehand for one rule alone, an experiment that is not among those run.
_RUN = """within => axe.run(within, {
    resultTypes: ['violations'], preload: {assets: ['media']},
})"""


async def violations(page: Page, within: str = "html") -> str:
    """A report, or nothing. The package's own `run` would have the browser read all of axe again
    for each look at the same page."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    results = AxeResults(await page.evaluate(_RUN, within))
    return results.generate_report() if results.violations_count else ""
